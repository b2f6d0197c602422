"""What a sceptic would try: an end that nobody hears of, words that cannot be, and room that runs out."""

import asyncio
from random import Random

import pytest
from aiohttp import web

from cryptoflow.clock import MachineClock
from cryptoflow.domain.ticks import Cut, Filled, Missed, Tick
from cryptoflow.market.rest.allowance import Priority
from cryptoflow.market.rest.venue_client import venue_client
from cryptoflow.market.streams import keeper
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.connection import Connection
from cryptoflow.market.streams.endings import GivenUp, first_of
from cryptoflow.market.streams.feed import Feed
from cryptoflow.market.streams.recalled import Recalled
from cryptoflow.market.streams.said import Unsure
from cryptoflow.pipelines.loops import beside
from cryptoflow.venue.market import Market
from cryptoflow.venue.pace import Pace
from cryptoflow.venue.server import RehearsalVenue
from cryptoflow.venue.tape import Tape
from tests.market.streams.rehearsal import MINUTE, START, TERMS, Binance, bars, in_no_time, venue
from tests.market.streams.scripted import Socket, known, listened, open_for_good, served, tick


async def fail(_: object = None) -> None:
    """Have a bug."""
    await asyncio.sleep(0.1)
    raise ZeroDivisionError


def test_what_ends_the_guard_of_a_connection_ends_the_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "_guard", lambda *_: fail())

    async def heard() -> None:
        async with (
            venue(minutes=5, after=500) as market,
            Feed("binance", ["BTC/USDT"], ["ticks"], url=market.url) as feed,
        ):
            await listened(feed, 20)

    with pytest.raises(ExceptionGroup) as failed:
        in_no_time(heard)
    assert failed.group_contains(ZeroDivisionError)


def test_words_that_cannot_be_are_counted_and_asked_for_and_end_nothing() -> None:
    async def odd(socket: Socket, _: asyncio.Transport) -> None:
        await socket.send_str(tick(1))
        for price in ("nan", "inf", "-1", "0"):
            await socket.send_str(tick(2).replace('"p":"1"', f'"p":"{price}"'))
        await socket.send_frame(b'{"stream":"\xff"}', 1)
        await socket.send_str(tick(3))
        await open_for_good(socket)

    def answer(request: web.Request) -> web.StreamResponse:
        if not request.path.endswith("aggTrades"):
            return known(request)
        found = {"a": 2, "p": "1", "q": "1", "T": 0, "m": True}
        return web.json_response([found], headers={"X-MBX-USED-WEIGHT-1M": "some"})

    async def heard() -> tuple[list[object], dict[str, int]]:
        async with served(odd, answer) as url, Feed("binance", ["BTC/USDT"], ["ticks"], url=url) as feed:
            return list(await listened(feed, 5)), feed.figures()["connections"][0]

    events, connection = in_no_time(heard)
    ticks = [(event.number, event.price) for event in events if type(event) is Tick]
    assert ticks == [(1, 1.0), (2, 1.0), (3, 1.0)]
    assert connection["malformed"] == 5
    assert not any(type(event) is Cut for event in events)


def test_a_hole_that_nobody_can_fill_is_given_up_before_it_takes_all_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "HELD", 50)

    async def flood(socket: Socket, _: asyncio.Transport) -> None:
        for number in (1, *range(3, 60)):
            await socket.send_str(tick(number))
            await asyncio.sleep(0.01)
        await open_for_good(socket)

    def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=502) if request.path.endswith("aggTrades") else known(request)

    async def heard() -> tuple[list[object], dict[str, object]]:
        async with served(flood, answer) as url, Feed("binance", ["BTC/USDT"], ["ticks"], url=url) as feed:
            return list(await listened(feed, 2)), feed.figures()["questions"]

    events, questions = in_no_time(heard)
    assert [event.number for event in events if type(event) is Tick] == [1, *range(3, 60)], "what was heard is told"
    assert [event[2:5] for event in events if type(event) is Filled] == [(1, 3, 0)]
    assert len([event for event in events if type(event) is Missed]) == 1
    assert questions["unanswered"]
    assert questions["reason"] == "/api/v3/aggTrades is answered with 502"


class Ahead(MachineClock):
    """Our clock, 45 seconds ahead of the venue's."""

    def nanoseconds(self) -> int:
        """Return epoch nanoseconds."""
        return super().nanoseconds() + 45_000_000_000


def test_a_bar_fetched_through_ccxt_has_closed_only_by_what_the_venues_clock_has_told() -> None:
    async def asked() -> list[object]:
        clock = MachineClock()
        tape = Tape(bars("BTC/USDT", 5), TERMS, seed=3, ticks=60)
        market = RehearsalVenue(Market([tape], Pace(clock, START + MINUTE + 30_000)), Binance(), clock)
        async with market, venue_client("binance", market.url, Priority.LIVE, Ahead()) as client:
            past = Recalled(client, Ahead(), Random(1))
            return list((await past.page(Stream("BTC/USDT", Kind.BARS, MINUTE), START - MINUTE)).items)

    first, second = asyncio.run(asked())
    assert type(second) is Unsure, "it is under way, whatever our clock says"
    assert type(first).__name__ == "Closed"


def test_of_two_ends_at_once_our_own_fault_is_raised() -> None:
    async def given_up() -> None:
        await asyncio.sleep(0.1)
        raise GivenUp

    with pytest.raises(ZeroDivisionError):
        in_no_time(lambda: first_of([given_up(), fail()]))


def test_work_that_fails_beside_another_ends_it_at_once() -> None:
    async def both() -> None:
        async with beside(fail()):
            await asyncio.sleep(1_000)

    with pytest.raises(ZeroDivisionError):
        in_no_time(both)
