"""What waits for the engine."""

import asyncio

from cryptoflow.domain.codes import BUY
from cryptoflow.domain.ticks import Joined, Moved, Tick, Top
from cryptoflow.market.streams.feed import Feed
from cryptoflow.market.streams.queue import HeardQueue
from tests.market.streams.rehearsal import in_no_time, venue
from tests.market.streams.scripted import listened


def tick(number: int) -> Tick:
    """Return a tick."""
    return Tick("BTC/USDT", number, 0, 1.0, 1.0, BUY, number)


def top(symbol: str, number: int) -> Top:
    """Return best prices."""
    return Top(symbol, number, 0, 1.0, 1.0, 2.0, 1.0, number)


async def rest(queue: HeardQueue) -> list[object]:
    """Take everything out."""
    return [await queue.get() for _ in range(len(queue))]


def test_a_top_that_nobody_has_read_gives_way_to_the_next_of_its_symbol_and_no_tick_ever_does() -> None:
    queue = HeardQueue(3)
    moved = Moved("BTC/USDT", 9, 0, 9)
    queue.put([top("BTC/USDT", 1), tick(1), top("ETH/USDT", 1), moved, top("BTC/USDT", 2), tick(2), tick(3)])
    assert queue.conflated == 1
    assert queue.is_full()
    left = [tick(1), top("ETH/USDT", 1), moved, top("BTC/USDT", 2), tick(2), tick(3)]
    assert asyncio.run(rest(queue)) == left


def test_an_engine_that_is_slow_is_not_told_that_the_venue_is_silent() -> None:
    async def slow() -> list[object]:
        async with (
            venue(ticks=600, minutes=10) as market,
            Feed("binance", ["BTC/USDT"], ["ticks", "top"], url=market.url, bound=50) as feed,
        ):
            events = await listened(feed, 5)
            await asyncio.sleep(300)
            return events + await listened(feed, 60)

    assert {type(event) for event in in_no_time(slow)} == {Joined, Tick, Top}


def test_an_engine_that_stands_still_loses_nothing_and_the_queue_stays_bounded() -> None:
    async def slow() -> tuple[list[int], int]:
        numbers: list[int] = []
        async with (
            venue(ticks=6_000, minutes=5) as market,
            Feed("binance", ["BTC/USDT"], ["ticks"], url=market.url, bound=50) as feed,
        ):
            while len(numbers) < 5_000:
                event = await anext(feed)
                if type(event) is Tick:
                    numbers.append(event.number)
                    if len(numbers) % 1_000 == 1:
                        await asyncio.sleep(20)
            return numbers, feed.queue.longest

    numbers, longest = in_no_time(slow)
    assert numbers == list(range(numbers[0], numbers[0] + 5_000))
    assert longest <= 51
