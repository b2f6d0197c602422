"""What is hot is new enough or not there."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal

from cryptoflow.clock import MachineClock
from cryptoflow.domain.events.accounts import PositionChanged
from cryptoflow.storage.redis.cache import Cache
from cryptoflow.storage.redis.hot import Hot, HotState, Price, position_key
from tests.servers.redis import Redis

DUST = Decimal("0.000000010000000001")


def holding(quantity: str) -> PositionChanged:
    return PositionChanged("BTC/USDT", "trend", Decimal(quantity), DUST, Decimal("1e12"), Decimal(0), 7)


def play(url: str, scene: Callable[[HotState], Awaitable[None]], keep: int = 60_000) -> None:
    async def played() -> None:
        async with Cache(url, MachineClock()) as cache:
            await scene(HotState(cache, keep))

    asyncio.run(played())


def test_a_position_comes_back_as_it_was_to_the_last_place(server: Redis) -> None:
    async def scene(hot: HotState) -> None:
        await hot.put_position("main", 12, holding("1.5"))
        assert await hot.position("main", "BTC/USDT", "trend", known=12) == Hot(12, holding("1.5"))
        assert await hot.position("paper-main", "BTC/USDT", "trend") is None

    play(server.url, scene)


def test_one_that_is_older_than_the_journal_that_the_reader_knows_is_not_there_for_it(server: Redis) -> None:
    async def scene(hot: HotState) -> None:
        await hot.put_position("main", 12, holding("1.5"))
        assert await hot.position("main", "BTC/USDT", "trend", known=13) is None
        await hot.put_position("main", 13, holding("0"))
        assert await hot.position("main", "BTC/USDT", "trend", known=13) == Hot(13, holding("0"))

    play(server.url, scene)


def test_a_writer_that_was_held_up_does_not_bring_back_what_was(server: Redis) -> None:
    async def scene(hot: HotState) -> None:
        await hot.put_price("binance", "BTC/USDT", 100, Price(2, Decimal(2), Decimal("1.9"), Decimal("2.1")))
        await hot.put_price("binance", "BTC/USDT", 99, Price(1, Decimal(1)))
        found = await hot.price("binance", "BTC/USDT", known=100)
        assert found == Hot(100, Price(2, Decimal(2), Decimal("1.9"), Decimal("2.1")))

    play(server.url, scene)


def test_what_nobody_puts_anew_ends_by_itself(server: Redis) -> None:
    async def scene(hot: HotState) -> None:
        await hot.put_price("binance", "BTC/USDT", 1, Price(1, Decimal(1)))
        await asyncio.sleep(0.06)
        assert await hot.price("binance", "BTC/USDT") is None

    play(server.url, scene, keep=50)


def test_what_another_version_has_written_is_not_known(server: Redis) -> None:
    async def scene(hot: HotState) -> None:
        key = position_key("main", "BTC/USDT", "trend")
        for text in ('12 {"symbol":"BTC/USDT"}', "12 {", "twelve", "12 []"):
            await hot.cache.ask(lambda client, text=text: client.set(key, text))  # type: ignore[misc]
            assert await hot.position("main", "BTC/USDT", "trend") is None, text

    play(server.url, scene)


def test_without_redis_nothing_is_known_and_nothing_raised(server: Redis) -> None:
    async def scene(hot: HotState) -> None:
        server.stop()
        await hot.put_position("main", 12, holding("1.5"))
        assert await hot.position("main", "BTC/USDT", "trend") is None
        assert await hot.price("binance", "BTC/USDT") is None

    play(server.url, scene)
