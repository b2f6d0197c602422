"""Who listens hears everything in order, or is told that it did not."""

import asyncio
from collections.abc import Awaitable, Callable

from cryptoflow.clock import MachineClock
from cryptoflow.storage.redis.cache import Cache
from cryptoflow.storage.redis.fanout import Missed, Update, Updates, publish
from tests.servers.redis import Redis
from tests.storage.redis.test_cache import until


def play(url: str, scene: Callable[[Cache], Awaitable[None]]) -> None:
    async def played() -> None:
        async with Cache(url, MachineClock()) as cache:
            async with asyncio.timeout(10):
                await scene(cache)

    asyncio.run(played())


async def heard(updates: Updates, most: int) -> list[Update | Missed]:
    return [await anext(updates) for _ in range(most)]


def test_everyone_who_listens_hears_everything_in_order(server: Redis) -> None:
    async def scene(cache: Cache) -> None:
        async with Updates(cache, "main") as one, Updates(cache, "main") as other, Updates(cache, "paper") as third:
            for number in range(1, 101):
                assert await publish(cache, "main", {"number": number}) == number
            await publish(cache, "paper", "else")
            expected = [Update(number, f'{{"number":{number}}}') for number in range(1, 101)]
            assert await heard(one, 100) == await heard(other, 100) == expected
            assert await heard(third, 1) == [Update(1, '"else"')]

    play(server.url, scene)


def test_a_listener_that_is_too_slow_gets_the_newest_and_is_told(server: Redis) -> None:
    async def scene(cache: Cache) -> None:
        async with Updates(cache, "main", bound=3) as updates:
            await publish(cache, "main", 0)
            assert await heard(updates, 1) == [Update(1, "0")]
            for number in range(1, 11):
                await publish(cache, "main", number)
            await asyncio.sleep(0.05)
            assert await heard(updates, 4) == [Missed(1), Update(9, "8"), Update(10, "9"), Update(11, "10")]

    play(server.url, scene)


def test_a_redis_that_was_away_leaves_a_hole_that_is_told_although_its_numbers_begin_anew(server: Redis) -> None:
    async def scene(cache: Cache) -> None:
        async with Updates(cache, "main") as updates:
            await publish(cache, "main", "before")
            assert await heard(updates, 1) == [Update(1, '"before"')]
            server.stop()
            assert await publish(cache, "main", "lost") is None
            server.start()
            assert await heard(updates, 1) == [Missed(1)], "as soon as it listens again"
            await until(lambda: not cache.trouble)
            for _ in range(2):
                await publish(cache, "main", "after")
            assert await heard(updates, 2) == [Update(1, '"after"'), Update(2, '"after"')]

    play(server.url, scene)


def test_a_listener_may_come_before_redis_and_knows_that_it_heard_nothing_until_then(server: Redis) -> None:
    async def scene(cache: Cache) -> None:
        server.stop()
        async with Updates(cache, "main") as updates:
            server.start()
            assert await heard(updates, 1) == [Missed(0)]

    play(server.url, scene)


def test_a_number_that_is_left_out_is_noticed(server: Redis) -> None:
    async def scene(cache: Cache) -> None:
        async with Updates(cache, "main") as updates:
            await publish(cache, "main", 1)
            await cache.ask(lambda client: client.incr("cryptoflow:seq:main"))
            await publish(cache, "main", 3)
            assert await heard(updates, 3) == [Update(1, "1"), Missed(1), Update(3, "3")]

    play(server.url, scene)
