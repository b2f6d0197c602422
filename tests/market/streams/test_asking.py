"""Questions to a venue: few, at the right time, and none while it wants peace."""

import asyncio
from collections.abc import Callable

import pytest
from aiohttp import web

from cryptoflow.clock import MachineClock
from cryptoflow.domain.ticks import Closed, Heard, Joined, Missed, Tick
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.feed import Feed
from cryptoflow.venue.dialects.bybit import Bybit
from cryptoflow.venue.faults.script import Fault
from tests.market.streams.rehearsal import MINUTE, START, in_no_time, venue
from tests.market.streams.scripted import Socket, known, listened, open_for_good, served

SYMBOLS = [f"C{place}/USDT" for place in range(20)]
BARS = Stream("BTC/USDT", Kind.BARS, MINUTE)


async def say_nothing(socket: Socket, _: asyncio.Transport) -> None:
    """Be subscribed to."""
    await open_for_good(socket)


def since_start() -> float:
    """Return the seconds that have passed on the venue's clock."""
    return MachineClock().now() / 1000 - START / 1000


@pytest.mark.parametrize("held", [(418, {"Retry-After": "300"}), (429, {"Retry-After": "290"}), (418, {})])
def test_a_venue_that_wants_peace_is_asked_nothing_by_anyone(held: tuple[int, dict[str, str]]) -> None:
    status, headers = held
    asked: list[float] = []

    def banned(request: web.Request) -> web.StreamResponse:
        asked.append(since_start())
        return web.Response(status=status, headers=headers) if since_start() < 280 else known(request)

    async def heard() -> list[Heard]:
        async with served(say_nothing, banned) as url, Feed("binance", SYMBOLS, ["book"], url=url) as feed:
            return await listened(feed, 110)

    events = in_no_time(heard)
    assert any(type(event) is Joined for event in events)
    assert len(asked) <= 8, "those that were on their way"
    assert max(asked) < 1


def test_patience_does_not_run_while_a_venue_wants_peace() -> None:
    async def heard() -> list[Heard]:
        gap = Fault("gap", at=(10_000,), lasts=3_000, channel="ticks")
        ban = Fault("banned", at=(9_000,), lasts=90_000)
        async with (
            venue([gap, ban], minutes=5, after=500, ticks=120) as market,
            Feed("binance", ["BTC/USDT"], ["ticks"], url=market.url) as feed,
        ):
            return await listened(feed, 150)

    events = in_no_time(heard)
    numbers = [event.number for event in events if type(event) is Tick]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert len([event for event in events if type(event) is Missed]) == 1


def test_bybits_ban_is_waited_out_for_ten_minutes() -> None:
    async def asked() -> int:
        faults = [Fault("disconnect", at=(5_000,)), Fault("banned", at=(4_000,), lasts=200_000)]
        async with (
            venue(faults, minutes=8, after=500, ticks=10, dialect=Bybit) as market,
            Feed("bybit", ["BTC/USDT"], ["ticks", "bars 1m"], url=market.url) as feed,
        ):
            await listened(feed, 200)
            return sum(entry.kind == "banned" for entry in market.faults.log.entries)

    assert in_no_time(asked) <= 3


def test_a_question_that_the_venue_refuses_ends_the_feed_with_the_symbol() -> None:
    def refusing(request: web.Request) -> web.StreamResponse:
        return web.json_response({"code": -1121}, status=400) if "depth" in request.path else known(request)

    async def refused() -> None:
        async with served(say_nothing, refusing) as url, Feed("binance", ["BTC/USDT"], ["book"], url=url) as feed:
            await listened(feed, 60)

    with pytest.raises(CryptoflowError, match=r"binance refuses book of BTC/USDT: .* 400: .*-1121"):
        in_no_time(refused)


@pytest.mark.parametrize(
    ("symbols", "channels", "says"),
    [
        (["NO/SUCH"], ["ticks", "book"], "binance does not list NO/SUCH"),
        (["BTC/USDT:USDT"], ["ticks"], "BTC/USDT:USDT is not a symbol of binance's spot market"),
        (["BTC/USDT"], ["bars 7m"], "binance has no bars of 7m"),
    ],
)
def test_what_a_venue_does_not_have_is_refused_at_once(symbols: list[str], channels: list[str], says: str) -> None:
    async def refused() -> None:
        async with venue() as market, Feed("binance", symbols, channels, url=market.url) as feed:
            await listened(feed, 3)
            raise AssertionError

    with pytest.raises(CryptoflowError, match=says):
        in_no_time(refused)


def test_numbers_that_a_venue_does_not_have_are_no_place_to_begin() -> None:
    async def refused() -> None:
        last = {Stream("BTC/USDT", Kind.TICKS): 20}
        async with venue(dialect=Bybit) as market, Feed("bybit", ["BTC/USDT"], ["ticks"], url=market.url, last=last):
            pass

    with pytest.raises(CryptoflowError, match="ticks of bybit cannot begin after a number"):
        in_no_time(refused)


def test_one_stream_that_cannot_be_mended_does_not_keep_the_others_from_being_joined() -> None:
    def failing(request: web.Request) -> web.StreamResponse:
        return web.Response(status=503) if "depth" in request.path else known(request)

    async def heard() -> list[Heard]:
        async with served(say_nothing, failing) as url, Feed("binance", ["BTC/USDT"], ["book"], url=url) as feed:
            return await listened(feed, 40)

    assert any(type(event) is Joined for event in in_no_time(heard))


class Set(MachineClock):
    """A clock of this machine that somebody sets."""

    ahead = 0

    def now(self) -> int:
        """Return what it shows."""
        return super().now() + self.ahead

    def nanoseconds(self) -> int:
        """Return what it shows."""
        return super().nanoseconds() + self.ahead * 1_000_000


def rows(request: web.Request) -> web.StreamResponse:
    """Return all bars that have begun."""
    if "klines" not in request.path:
        return known(request)
    begin, now = int(request.query["startTime"]), MachineClock().now()
    opens = range(-(-begin // MINUTE) * MINUTE, now + 1, MINUTE)
    return web.json_response([[at, "1", "2", "0.5", "1", "7", at + 59_999, "1", 1, "1", "1", "0"] for at in opens])


def untimed(request: web.Request) -> web.StreamResponse:
    """Return all bars, and never the time."""
    return web.Response(status=503) if request.path.endswith("time") else rows(request)


@pytest.mark.parametrize("answer", [rows, untimed])
@pytest.mark.parametrize("ahead", [0, 40_000, -40_000])
def test_no_clock_of_ours_makes_a_bar_close_that_is_under_way(
    answer: Callable[[web.Request], web.StreamResponse], ahead: int
) -> None:
    async def heard() -> list[Heard]:
        clock = Set()
        clock.ahead = ahead if answer is untimed else 0

        async def cut(socket: Socket, transport: asyncio.Transport) -> None:
            await asyncio.sleep(20)
            transport.abort()

        async with served(cut, answer) as url:
            await asyncio.sleep(145)
            async with Feed("binance", ["BTC/USDT"], ["bars 1m"], url=url, clock=clock, last={BARS: START}) as feed:
                events = await listened(feed, 5)
                clock.ahead = ahead
                return [*events, *await listened(feed, 25)]

    closed = [(event.open_at - START) // MINUTE for event in in_no_time(heard) if type(event) is Closed]
    assert closed == [1]
