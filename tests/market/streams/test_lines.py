"""What a stream has said, put in order: cuts, late answers, and numbers that begin anew."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from cryptoflow.domain.codes import BUY
from cryptoflow.domain.ticks import Closed, Cut, Filled, Heard, Missed, Tick
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.feed import Feed
from cryptoflow.market.streams.lines.unnumbered import Unnumbered
from cryptoflow.market.streams.said import Named, Page
from tests.market.streams.rehearsal import in_no_time, venue
from tests.market.streams.scripted import listened

TICKS = Stream("BTC/USDT", Kind.TICKS)
LATEST = 8


def named(at: int) -> Named:
    """Return a tick of a moment, called by it."""
    return Named(str(at), Tick("BTC/USDT", 0, at, 1.0, 1.0, BUY, 0))


def moments(events: list[Heard]) -> list[int]:
    """Return the moments of the ticks that are told."""
    return [event.at for event in events if type(event) is Tick]


@given(cuts=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 5), st.integers(0, 3), st.integers(0, 3)), max_size=6))
def test_ticks_by_name_stay_in_order_over_cuts_and_what_does_not_join_is_declared_lost(
    cuts: list[tuple[int, int, int, int]],
) -> None:
    line, now, events = Unnumbered(TICKS), 0, []

    def speak(count: int) -> None:
        nonlocal now
        for _ in range(count):
            now += 1
            events.extend(line.take([named(now)]))

    for calm, missed, before, after in cuts:
        speak(calm)
        line.leave()
        now += missed
        speak(before)
        begin = now + after + 1
        answer = [named(at) for at in range(max(1, begin - LATEST), begin)]
        line.learn(Page(answer, newest=True))
        events += line.settled(0)
        speak(after)
    told = moments(events)
    assert told == sorted(set(told))
    assert [tick.number for tick in events if type(tick) is Tick] == sorted(
        {t.number for t in events if type(t) is Tick}
    )
    lost = set(range(told[0], told[-1] + 1)) - set(told) if told else set()
    assert bool(lost) <= any(event.found < event.before - event.after - 1 for event in events if type(event) is Filled)


def test_an_answer_that_is_ahead_of_the_stream_does_not_overtake_it() -> None:
    line = Unnumbered(TICKS)
    events = list(line.take([named(1), named(2)]))
    line.leave()
    line.take([named(5)])
    line.learn(Page([named(at) for at in range(1, 7)], newest=True))
    events += line.settled(0)
    events += line.take([named(6)])
    assert moments(events) == [1, 2, 3, 4, 5, 6]


def test_an_answer_older_than_what_was_heard_since_is_asked_for_again() -> None:
    line = Unnumbered(TICKS)
    line.take([named(1)])
    line.leave()
    line.take([named(5)])
    line.learn(Page([named(1), named(2)], newest=True))
    assert line.wants()
    line.learn(Page([named(at) for at in (1, 2, 3, 4, 5)], newest=True))
    assert not line.wants()
    assert moments(list(line.settled(0))) == [2, 3, 4, 5]


def test_a_venue_whose_numbers_begin_anew_is_followed_and_that_is_said() -> None:
    async def reset() -> tuple[list[Heard], list[Heard]]:
        first = venue(minutes=30, after=600_000)
        await first.__aenter__()
        port = first.port
        async with Feed("binance", ["BTC/USDT"], ["ticks", "bars 1m", "built 1m"], url=first.url) as feed:
            with suppress(TimeoutError):
                before = await listened(feed, 10)
            await first.__aexit__(None, None, None)
            async with venue(minutes=30, port=port):
                return before, await listened(feed, 200)

    before, after = in_no_time(reset)
    anew = next(place for place, event in enumerate(after) if type(event) is Missed and event.channel == "ticks")
    missed = after[anew]
    assert missed.before < missed.after == max(event.number for event in before if type(event) is Tick)
    numbers = [event.number for event in after[anew:] if type(event) is Tick]
    assert len(numbers) > 300
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    bars: dict[int, set[Closed]] = {}
    for event in after[anew:]:
        if type(event) is Closed:
            bars.setdefault(event.open_at, set()).add(event._replace(heard_at=0))
    assert len(bars) == 3
    assert all(len(said) == 1 for said in bars.values())
    assert sum(type(event) is Cut for event in after) == 1
