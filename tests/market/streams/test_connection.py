"""One connection: what ends it, what does not, and who is told."""

import asyncio

import pytest
from aiohttp import web

from cryptoflow.domain.ticks import Cut, Joined, Missed, Silent, Tick
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.streams.feed import Feed
from cryptoflow.venue.dialects.bybit import Bybit
from cryptoflow.venue.faults.script import Fault
from tests.market.streams.rehearsal import in_no_time, venue
from tests.market.streams.scripted import Socket, listened, open_for_good, served, tick


def test_a_ping_read_after_the_connection_is_gone_does_not_end_the_feed() -> None:
    async def burst(socket: Socket, transport: asyncio.Transport) -> None:
        for number in range(1, 301):
            await socket.send_str(tick(number))
        await socket.ping(b"x")
        await socket.send_str(tick(301))
        await asyncio.sleep(0.01)
        transport.abort()

    async def busy() -> list[object]:
        async with served(burst) as url, Feed("binance", ["BTC/USDT"], ["ticks"], url=url, bound=50) as feed:
            first = [await anext(feed) for _ in range(20)]
            await asyncio.sleep(0.5)
            return [*first, *await listened(feed, 1)]

    events = asyncio.run(busy())
    assert [event.number for event in events if type(event) is Tick][:301] == list(range(1, 302))
    assert any(type(event) is Cut for event in events)


def test_a_venue_that_is_about_to_close_a_connection_is_left_at_once() -> None:
    async def leaving(socket: Socket, _: asyncio.Transport) -> None:
        await asyncio.sleep(5)
        await socket.send_str('{"e":"serverShutdown","E":1}')
        await open_for_good(socket)

    async def heard() -> list[object]:
        async with served(leaving) as url, Feed("binance", ["BTC/USDT"], ["ticks"], url=url) as feed:
            return await listened(feed, 8)

    joined, cut, again = in_no_time(heard)
    assert (type(joined), type(again)) == (Joined, Joined)
    assert type(cut) is Cut
    assert cut.reason == "the venue is about to close it"
    assert again.away < 2_000


def test_a_feed_that_is_left_while_its_connection_is_cut_ends() -> None:
    async def left() -> bool:
        async with venue([Fault("disconnect", at=(5_000,))], minutes=5, after=500) as market:
            feed = Feed("binance", ["BTC/USDT"], ["ticks"], url=market.url)
            await feed.__aenter__()
            (reader,) = feed.voice.readers
            guard, leaving = reader._guard, []

            async def guarded(socket: object) -> None:
                try:
                    await guard(socket)
                finally:
                    leaving.append(asyncio.create_task(feed.__aexit__(None, None, None)))
                    feed._cancel()

            reader._guard = guarded
            await asyncio.sleep(10)
            done, _ = await asyncio.wait(leaving, timeout=60)
            return bool(done)

    assert in_no_time(left)


@pytest.mark.parametrize("hangs", [False, True])
def test_a_feed_is_back_in_time_where_the_front_answers_and_streams_do_not(hangs: bool) -> None:
    mends_at = 133.0

    async def away() -> float:
        loop = asyncio.get_running_loop()

        async def refuse(_: web.Request) -> web.StreamResponse | None:
            if loop.time() < mends_at:
                await asyncio.sleep(3_600 if hangs else 0)
                return web.Response(status=503)
            return None

        async def say_nothing(socket: Socket, _: asyncio.Transport) -> None:
            await open_for_good(socket)

        async with served(say_nothing, refuse=refuse) as url, Feed("binance", ["BTC/USDT"], ["top"], url=url) as feed:
            async for event in feed:
                if type(event) is Joined:
                    return loop.time()
        raise AssertionError

    assert mends_at < in_no_time(away) < mends_at + 5


def test_a_stream_that_is_refused_after_a_cut_is_named_and_tried_again_and_the_others_go_on() -> None:
    async def delisted() -> tuple[list[object], str]:
        symbols = ["BTC/USDT", "ETH/USDT"]
        cut = Fault("disconnect", at=(5_000,))
        async with (
            venue([cut], symbols=symbols, minutes=5, after=500, ticks=60, dialect=Bybit) as market,
            Feed("bybit", symbols, ["ticks"], url=market.url) as feed,
        ):
            events = await listened(feed, 4)
            tapes = dict(market.market.tapes)
            del market.market.tapes["ETHUSDT"]
            events += await listened(feed, 60)
            reason = feed.figures()["connections"][0]["reason"]
            market.market.tapes.update(tapes)
            return [*events, "listed again", *await listened(feed, 60)], reason

    events, reason = in_no_time(delisted)
    relisted = events.index("listed again")
    (silent,) = (event for event in events if type(event) is Silent)
    assert silent.symbol == "ETH/USDT"
    assert "publicTrade.ETHUSDT" in reason
    cut = next(place for place, event in enumerate(events) if type(event) is Cut)
    there = [
        {event.symbol for event in part if type(event) is Tick} for part in (events[cut:relisted], events[relisted:])
    ]
    assert there == [{"BTC/USDT"}, {"BTC/USDT", "ETH/USDT"}]
    assert any(type(event) is Missed and event.symbol == "ETH/USDT" for event in events[relisted:])


def test_one_who_waits_in_a_task_of_its_own_learns_why_a_feed_ends_and_a_second_one_is_refused() -> None:
    async def ended() -> tuple[BaseException | None, BaseException | None]:
        async def first(feed: Feed) -> None:
            async for _ in feed:
                pass

        async with venue(minutes=5) as market:
            with pytest.raises(CryptoflowError, match="does not list NO/SUCH"):
                async with Feed("binance", ["NO/SUCH"], ["top"], url=market.url) as feed:
                    waiting, second = (asyncio.create_task(first(feed)) for _ in range(2))
                    await asyncio.wait([second])
                    await asyncio.sleep(60)
            await asyncio.wait([waiting])
            return waiting.exception(), second.exception()

    told, refused = in_no_time(ended)
    assert isinstance(told, CryptoflowError)
    assert isinstance(refused, RuntimeError)
