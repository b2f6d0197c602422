"""A venue that goes away, falls silent, refuses or never answers."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from cryptoflow.clock import MachineClock
from cryptoflow.domain.ticks import Cut, Filled, Joined, Missed, Moved, Silent, Sound, Tick
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.feed import Feed
from cryptoflow.venue.dialects.bybit import Bybit
from cryptoflow.venue.faults.script import Fault
from tests.market.streams.rehearsal import START, Event, Run, in_no_time, listened, venue

SECOND = 1_000
KINDS = (Cut, Joined)
TICKS = Stream("BTC/USDT", Kind.TICKS)


def day(seconds: float, *faults: Fault, **settings: object) -> Run:
    """Return what a feed says of a venue with these faults."""
    return in_no_time(lambda: listened(venue(faults, minutes=20), seconds, **settings))


def after(event: object) -> float:
    """Return the seconds from START on at which an event was heard."""
    return event.heard_at / 1e9 - START / 1000  # type: ignore[attr-defined]


async def heard(feed: Feed, kind: type[Event]) -> Event:
    """Return the next event of a kind."""
    async for event in feed:
        if type(event) is kind:
            return event
    raise AssertionError


def test_a_feed_is_back_within_five_seconds_of_a_venue_that_was_gone_for_minutes() -> None:
    run = day(400, Fault("refused", at=(60 * SECOND,), lasts=200 * SECOND))
    cut, joined = (next(event for event in run.events if type(event) is kind and after(event) > 59) for kind in KINDS)
    assert after(cut) == pytest.approx(60, abs=0.1)
    assert 260 < after(joined) < 265
    assert joined.away == pytest.approx(1000 * (after(joined) - after(cut)), abs=5)
    assert run.figures["connections"][0]["cut"] == 1
    numbers = [tick.number for tick in run.of(Tick)]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))


def test_a_feed_is_back_within_five_seconds_of_a_venue_that_only_answered_with_errors() -> None:
    run = day(200, Fault("disconnect", at=(30 * SECOND,)), Fault("failing", at=(30 * SECOND,), lasts=100 * SECOND))
    assert any(130 < after(event) < 135 for event in run.events if type(event) is Joined)


def test_whoever_asks_for_peace_gets_it() -> None:
    run = day(100, Fault("disconnect", at=(30 * SECOND,)), Fault("limited", at=(29 * SECOND,), lasts=40 * SECOND))
    assert run.figures["connections"][0]["joined"] == 2
    assert any(69 < after(event) < 75 for event in run.events if type(event) is Joined)


def test_a_stream_that_is_open_but_silent_is_noticed_within_its_limit_and_heard_again() -> None:
    silence = Fault("silence", at=(30 * SECOND,), lasts=60 * SECOND, channel="ticks")
    run = day(150, silence, channels=["ticks", "bars 1m"], limits={"ticks": 10 * SECOND})
    (silent,), (sound,) = ([event for event in run.events if type(event) is kind] for kind in (Silent, Sound))
    assert silent.channel == sound.channel == "ticks"
    last = max(after(event) for event in run.events if type(event) is Tick and after(event) < 30)
    assert silent.since == pytest.approx(START + 1000 * last, abs=1)
    assert last + 10 < after(silent) <= last + 11.1
    assert 90 <= after(sound) < 92
    assert not run.of(Cut)
    assert run.figures["channels"]["ticks"]["silences"] == 1


def test_a_connection_on_which_nothing_is_said_is_made_anew() -> None:
    silence = Fault("silence", at=(30 * SECOND,), lasts=50 * SECOND)
    run = day(150, silence, channels=["ticks"], limits={"ticks": 10 * SECOND})
    (cut,) = (event for event in run.events if type(event) is Cut)
    assert cut.reason == "all its streams are silent"
    assert 58 < after(cut) < 62
    (silent,), (sound,) = ([event for event in run.events if type(event) is kind] for kind in (Silent, Sound))
    assert after(silent) < after(cut) < 80 <= after(sound)
    numbers = [tick.number for tick in run.of(Tick)]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))


def test_what_cannot_be_got_is_declared_lost_and_no_bar_is_built_from_it() -> None:
    gap = Fault("gap", at=(70 * SECOND,), lasts=10 * SECOND, channel="ticks")
    dead = Fault("failing", at=(71 * SECOND,), lasts=60 * SECOND)
    run = day(300, gap, dead, channels=["ticks", "built 1m"])
    missed, filled = (next(event for event in run.of(kind) if event.channel == "ticks") for kind in (Missed, Filled))
    assert filled[:4] == missed[:4]
    assert filled.found == 0
    told = [tick.number for tick in run.of(Tick)]
    assert (missed.after, missed.before) in pairwise(told)
    lost = filled.before - filled.after - 1
    assert run.figures["channels"]["ticks"]["lost"] == lost > 0
    assert [(at - START) // 60_000 for at in run.bars()] == [2, 3]


def test_a_ping_that_is_not_answered_ends_the_connection() -> None:
    async def stream(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        await socket.receive()
        await socket.send_str('{"result":null,"id":1}')
        async for _ in socket:
            pass
        return socket

    async def deaf() -> tuple[str, float]:
        app = web.Application()
        app.router.add_get("/stream", stream)
        async with TestServer(app) as server:
            url = str(server.make_url("/"))
            async with Feed("binance", ["BTC/USDT"], ["bars 1m"], url=url, limits={"bars": 3_600_000}) as feed:
                cut = await heard(feed, Cut)
                return cut.reason, after(cut)

    reason, at = in_no_time(deaf)
    assert reason == "a ping is not answered"
    assert at < 45


def test_a_symbol_that_the_venue_refuses_ends_the_feed_with_what_it_says() -> None:
    async def refused() -> None:
        async with venue(dialect=Bybit) as market, Feed("bybit", ["NO/SUCH"], ["ticks"], url=market.url) as feed:
            async for _ in feed:
                pass

    with pytest.raises(CryptoflowError, match="bybit does not list NO/SUCH"):
        in_no_time(refused)


def test_a_feed_begins_after_what_is_known_already() -> None:
    run = in_no_time(lambda: listened(venue(minutes=5, after=90_000), 10, channels=["ticks"], last={TICKS: 20}))
    assert [tick.number for tick in run.of(Tick)][:3] == [21, 22, 23]


def test_symbols_are_dealt_to_connections_and_one_that_is_cut_leaves_the_others_alone() -> None:
    symbols = [f"{coin}/USDT" for coin in ("BTC", "ETH", "SOL")]
    cut = Fault("disconnect", at=(30 * SECOND,), share=0.5)
    run = in_no_time(lambda: listened(venue([cut], symbols=symbols), 60, channels=["ticks", "book"], most=2))
    assert len(run.figures["connections"]) == 3
    assert 0 < len(run.of(Cut)) < 3
    assert {moved.symbol for moved in run.of(Moved)} == set(symbols)


@pytest.mark.long
def test_for_real_a_feed_is_back_within_five_seconds(evidence: Callable[[str], None]) -> None:
    async def away() -> float:
        market = venue()
        async with market:
            port, url = market.port, market.url
            async with Feed("binance", ["BTC/USDT"], ["ticks", "book"], url=url) as feed:
                await heard(feed, Joined)
                await market.__aexit__(None, None, None)
                await heard(feed, Cut)
                await asyncio.sleep(20)
                async with venue(port=port) as again:
                    began = MachineClock().nanoseconds()
                    joined = await heard(feed, Joined)
                    assert again.url == url
                    return (joined.heard_at - began) / 1e9

    took = asyncio.run(away())
    evidence(f"after 20 s away the feed was back {took:.2f} s after the venue")
    assert took < 5


@pytest.mark.long
def test_for_real_a_silent_stream_is_noticed(evidence: Callable[[str], None]) -> None:
    async def silent() -> float:
        quiet = Fault("silence", at=(3 * SECOND,), lasts=10 * SECOND, channel="ticks")
        limits = {"ticks": 2 * SECOND}
        async with (
            venue([quiet], ticks=600) as market,
            Feed("binance", ["BTC/USDT"], ["ticks", "top"], url=market.url, limits=limits) as feed,
        ):
            event = await heard(feed, Silent)
            await heard(feed, Sound)
            return event.heard_at / 1e9 - event.since / 1e3

    took = asyncio.run(silent())
    evidence(f"a stream limited to 2 s of silence was told after {took:.2f} s")
    assert 2 < took < 3.5
