"""Each kind of trouble as a client meets it, on a clock that jumps; and what was done is written down."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as draw

from cryptoflow.pipelines.venue import Play
from cryptoflow.venue.faults.log import Injected
from cryptoflow.venue.faults.script import Fault, Script
from cryptoflow.venue.server import RehearsalVenue
from tests.venue.markets import heard, in_no_time, venue, visited

T = TypeVar("T")
TICKS = "/ws/btcusdt@aggTrade"
SPAN = 60.0


def seen(*faults: Fault, path: str = TICKS, seconds: float = SPAN) -> tuple[list[Any], list[Injected]]:
    """What a listener hears within so many seconds, and what was put in."""

    async def main() -> tuple[list[Any], list[Injected]]:
        place = venue(*faults)
        async with visited(place) as session, session.ws_connect(path, autoping=False) as socket:
            return await heard(socket, seconds), list(place.faults.log.entries)

    return in_no_time(main)


def ids(*faults: Fault) -> list[int]:
    """The numbers of the ticks that a listener hears within a minute."""
    return [message["a"] for message in seen(*faults)[0]]


def met(log: list[Injected]) -> list[int]:
    """The numbers of the messages that a fault met."""
    return [int(entry.target.partition("#")[2]) for entry in log]


def asked(main: Callable[[RehearsalVenue, aiohttp.ClientSession], Awaitable[T]], *faults: Fault) -> T:
    """Run a client of a venue with these faults."""

    async def run() -> T:
        place = venue(*faults)
        async with visited(place) as session:
            return await main(place, session)

    return in_no_time(run)


def test_without_faults_every_tick_is_heard_once_in_its_order() -> None:
    told = ids()
    assert len(told) > 50
    assert told == list(range(told[0], told[0] + len(told)))


def test_a_gap_drops_messages_for_good() -> None:
    messages, log = seen(Fault("gap", share=0.2))
    told = [message["a"] for message in messages]
    assert len(log) > 3
    assert sorted({*told, *met(log)}) == ids()
    assert not {*told} & {*met(log)}


def test_a_duplicate_is_said_twice() -> None:
    messages, log = seen(Fault("duplicate", share=0.2))
    told = [message["a"] for message in messages]
    assert sorted(told) == sorted([*ids(), *met(log)])
    assert len(log) > 3


def test_a_reordered_message_comes_after_the_one_that_follows_it() -> None:
    messages, log = seen(Fault("reorder", share=0.2))
    told = [message["a"] for message in messages]
    assert told != sorted(told)
    late = [number for number in met(log) if number + 1 in told]
    assert late
    assert all(told.index(number) == told.index(number + 1) + 1 for number in late)


def test_a_malformed_message_is_no_json_and_the_next_one_is_again() -> None:
    async def main(place: RehearsalVenue, session: aiohttp.ClientSession) -> tuple[int, int, int]:
        wrong = right = 0
        async with session.ws_connect(TICKS) as socket:
            for _ in range(50):
                try:
                    await socket.receive_json()
                    right += 1
                except ValueError:
                    wrong += 1
        return wrong, right, place.faults.log.count

    wrong, right, count = asked(main, Fault("malformed", share=0.3))
    assert wrong == count > 5
    assert right == 50 - wrong


def test_a_broken_frame_ends_the_connection() -> None:
    async def main(place: RehearsalVenue, session: aiohttp.ClientSession) -> tuple[int | None, list[Injected]]:
        async with session.ws_connect(TICKS) as socket:
            async for _ in socket:
                pass
            return socket.close_code, list(place.faults.log.entries)

    code, log = asked(main, Fault("broken", share=0.3))
    assert code == aiohttp.WSCloseCode.PROTOCOL_ERROR
    assert log[0].kind == "broken"


def test_silence_says_nothing_while_the_connection_stays_open() -> None:
    messages, log = seen(Fault("silence", at=(20_000,), lasts=20_000))
    began = messages[0]["E"] // 60_000 * 60_000
    assert not [message for message in messages if 20_100 < message["E"] - began < 39_900]
    assert [message for message in messages if message["E"] - began > 40_000]
    assert [(entry.kind, entry.target) for entry in log] == [("silence", "btcusdt@aggTrade")]


def test_a_fault_of_one_channel_and_symbol_leaves_the_others_alone() -> None:
    fault = Fault("silence", channel="ticks", symbol="BTCUSDT")
    names = "/stream?streams=btcusdt@aggTrade/ethusdt@aggTrade/btcusdt@bookTicker"
    messages, _ = seen(fault, path=names)
    assert {message["stream"] for message in messages} == {"ethusdt@aggTrade", "btcusdt@bookTicker"}


def test_slow_messages_come_late_but_in_their_order() -> None:
    async def main(place: RehearsalVenue, session: aiohttp.ClientSession) -> list[tuple[int, int]]:
        found = []
        async with session.ws_connect(TICKS) as socket:
            for _ in range(40):
                message = await socket.receive_json()
                found.append((message["a"], place.clock.now() - message["T"]))
        return found

    found = asked(main, Fault("slow", at=(10_000,), lasts=10_000, amount=700))
    assert [number for number, _ in found] == list(range(found[0][0], found[0][0] + 40))
    late = [delay for _, delay in found]
    assert max(late) in range(700, 703)
    assert sorted({delay // 100 for delay in late}) == [0, 7]


def test_a_slow_venue_answers_requests_late() -> None:
    async def main(place: RehearsalVenue, session: aiohttp.ClientSession) -> int:
        began = place.clock.now()
        await session.get("/api/v3/ping")
        return place.clock.now() - began

    assert asked(main, Fault("slow", amount=700)) >= 700


def test_a_disconnect_cuts_who_is_connected_and_one_may_come_again() -> None:
    async def main(place: RehearsalVenue, session: aiohttp.ClientSession) -> tuple[float, int, list[Injected]]:
        began = place.clock.now()
        async with session.ws_connect(TICKS) as socket:
            async for _ in socket:
                pass
        cut_at = place.clock.now() - began
        async with session.ws_connect(TICKS) as again:
            return cut_at, (await again.receive_json())["a"], list(place.faults.log.entries)

    cut_at, number, log = asked(main, Fault("disconnect", at=(15_000,)))
    assert cut_at == pytest.approx(15_000, abs=2)
    assert number in ids()
    assert [(entry.kind, entry.target) for entry in log] == [("disconnect", "connection 1")]


def test_a_venue_that_refuses_is_gone_for_a_while() -> None:
    async def main(place: RehearsalVenue, session: aiohttp.ClientSession) -> tuple[int, int]:
        async with session.ws_connect(TICKS) as socket:
            async for _ in socket:
                pass
        began, refusals = place.clock.now(), 0
        while True:
            try:
                await session.get("/api/v3/ping")
                return refusals, place.clock.now() - began
            except aiohttp.ClientConnectorError:
                refusals += 1
                await asyncio.sleep(1)

    refusals, away = asked(main, Fault("refused", at=(5_000,), lasts=10_000))
    assert refusals in (10, 11)
    assert away == pytest.approx(10_500, abs=600)


@pytest.mark.parametrize(("kind", "status"), [("limited", 429), ("banned", 418)])
def test_who_is_held_off_is_told_for_how_long(kind: Any, status: int) -> None:
    async def main(_: RehearsalVenue, session: aiohttp.ClientSession) -> tuple[int, int, int]:
        await asyncio.sleep(6)
        async with session.get("/api/v3/time") as held:
            wait = int(held.headers["Retry-After"])
            assert (await held.json())["code"] == -1003
        await asyncio.sleep(wait)
        async with session.get("/api/v3/time") as after:
            return held.status, wait, after.status

    assert asked(main, Fault(kind, at=(5_000,), lasts=10_000)) == (status, 9, 200)


def test_a_failing_venue_answers_with_one_of_its_own_troubles_and_no_stream_opens() -> None:
    async def main(_: RehearsalVenue, session: aiohttp.ClientSession) -> tuple[int, int]:
        async with session.get("/api/v3/time") as answer:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(TICKS)
            return answer.status, refused.value.status

    one, other = asked(main, Fault("failing"))
    assert one == other in (500, 502, 503, 504)


@pytest.mark.parametrize("amount", [1_500, -3_000])
def test_a_skewed_clock_shows_in_the_time_and_on_messages_but_not_in_the_market(amount: int) -> None:
    async def main(place: RehearsalVenue, session: aiohttp.ClientSession) -> tuple[int, int]:
        async with session.get("/api/v3/time") as answer:
            shown = (await answer.json())["serverTime"] - place.clock.now()
        async with session.ws_connect(TICKS) as socket:
            message = await socket.receive_json()
            return shown, message["E"] - message["T"]

    shown, stamped = asked(main, Fault("skew", amount=amount))
    assert shown == pytest.approx(amount, abs=1)
    assert stamped == amount


STORM = (
    Fault("disconnect", every=8_000),
    Fault("gap", share=0.1),
    Fault("duplicate", share=0.1),
    Fault("reorder", share=0.1),
    Fault("slow", every=20_000, lasts=3_000, amount=200),
)


def stormy(seed: int) -> list[Injected]:
    """What is put in while a client comes back after each cut."""

    async def main() -> list[Injected]:
        place = venue(*STORM, play=Play(seed=seed))
        async with visited(place) as session:
            loop = asyncio.get_running_loop()
            while (left := SPAN - loop.time()) > 0:
                async with session.ws_connect(TICKS) as socket:
                    await heard(socket, left)
                await asyncio.sleep(0.5)
            return list(place.faults.log.entries)

    return in_no_time(main)


def test_the_same_seed_does_the_same_and_another_seed_something_else() -> None:
    assert len(stormy(3)) > 10
    assert stormy(3) == stormy(3) != stormy(4)


@given(seed=draw.integers(0, 1_000), every=draw.integers(1, 10_000), lasts=draw.integers(1, 30_000))
def test_when_a_fault_comes_depends_on_the_seed_alone(seed: int, every: int, lasts: int) -> None:
    fault = Fault("silence", every=every, lasts=lasts)
    script = Script((fault,), seed)
    spans = script.spans(fault)
    listed = [next(spans) for _ in range(20)]
    assert [span.begin // every for span in listed] == list(range(20))
    for span in listed:
        found = script.span(fault, span.begin)
        assert found is not None
        assert found.begin <= span.begin < found.end
    assert [next(again.spans(fault)) for again in (script, Script((fault,), seed))] == [listed[0]] * 2


def test_messages_are_met_by_their_number_whoever_listens() -> None:
    async def main() -> tuple[set[int], set[int]]:
        place = venue(Fault("gap", share=0.3))
        async with visited(place) as session, session.ws_connect(TICKS) as early:
            first = await heard(early, 10)
            async with session.ws_connect(TICKS) as late:
                both = await asyncio.gather(heard(early, 30), heard(late, 30))
        assert first
        one, other = ({message["a"] for message in each} for each in both)
        return one, other

    one, other = in_no_time(main)
    assert one == other
    assert len(one) > 10


def test_the_log_can_be_asked_for() -> None:
    async def main(place: RehearsalVenue, session: aiohttp.ClientSession) -> Any:
        async with session.ws_connect(TICKS) as socket:
            await heard(socket, 30)
        async with session.get("/rehearsal/faults") as answer:
            return await answer.json(), [entry._asdict() for entry in place.faults.log.entries]

    told, kept = asked(main, Fault("duplicate", share=0.5))
    assert told == {"count": len(kept), "faults": kept}
    assert {"kind", "at", "market_at", "target"} == {*kept[0]}
