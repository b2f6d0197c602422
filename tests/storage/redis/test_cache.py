"""Redis may go away and come back at any moment: nobody waits for it, and each absence is told once."""

import asyncio
import socket
import time
from collections.abc import Callable

import pytest
from redis.asyncio import Redis as Client

from cryptoflow.clock import MachineClock
from cryptoflow.domain.events.storage import CacheBack, CacheLost
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.redis.cache import Cache, Told, latency
from tests.servers.redis import Redis

CLOCK = MachineClock()


async def echo(client: Client) -> str:
    return str(await client.execute_command("ECHO", "here"))


async def until(happened: Callable[[], object], seconds: float = 5) -> None:
    """Wait until something has happened."""
    async with asyncio.timeout(seconds):
        while not happened():
            await asyncio.sleep(0.01)


def test_an_absence_and_a_return_are_told_once_however_many_ask(server: Redis) -> None:
    told: list[Told] = []

    async def scene() -> None:
        async with Cache(server.url, CLOCK, told.append) as cache:
            assert await cache.ask(echo) == "here"
            server.stop()
            assert await asyncio.gather(*(cache.ask(echo) for _ in range(20))) == [None] * 20
            assert await cache.ask(echo) is None
            await asyncio.sleep(0.35)  # it is looked for meanwhile, in vain
            assert [type(each) for each in told] == [CacheLost]
            server.start()
            await until(lambda: len(told) == 2)
            assert await cache.ask(echo) == "here" and cache.trouble == ""

    asyncio.run(scene())
    lost, back = told
    assert isinstance(lost, CacheLost) and lost.cache == server.url and lost.error
    assert isinstance(back, CacheBack) and 0 < back.since <= CLOCK.now()


def test_nobody_waits_for_a_redis_that_is_away(server: Redis) -> None:
    async def scene() -> float:
        async with Cache(server.url, CLOCK) as cache:
            server.stop()
            await cache.ask(echo)
            began = time.perf_counter()
            for _ in range(1_000):
                assert await cache.ask(echo) is None
            return time.perf_counter() - began

    assert asyncio.run(scene()) < 0.1


def test_one_that_takes_connections_and_says_nothing_is_given_up_within_200_ms() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}"

        async def scene() -> tuple[float, str]:
            began = time.perf_counter()
            async with Cache(url, CLOCK) as cache:
                return time.perf_counter() - began, cache.trouble

        spent, trouble = asyncio.run(scene())
    assert spent < 0.2
    assert trouble == f"{url} cannot be used: no answer within 100 ms"


def test_one_that_takes_nothing_more_is_away_until_it_does(server: Redis) -> None:
    told: list[Told] = []

    async def scene() -> None:
        async with Cache(server.url, CLOCK, told.append) as cache, Client.from_url(server.url) as operator:
            await operator.config_set("maxmemory", 1)
            assert await cache.ask(lambda client: client.set("a", 1)) is None
            await asyncio.sleep(0.25)
            assert len(told) == 1, "it answers, but is of no use"
            await operator.config_set("maxmemory", 0)
            await until(lambda: len(told) == 2)

    asyncio.run(scene())
    assert isinstance(told[0], CacheLost) and "memory" in told[0].error


def test_a_process_that_is_busy_itself_takes_no_redis_for_lost(server: Redis) -> None:
    told: list[Told] = []

    async def scene() -> None:
        async with Cache(server.url, CLOCK, told.append) as cache:
            asyncio.get_running_loop().call_later(0.01, time.sleep, 0.3)
            await cache.ask(lambda client: client.execute_command("DEBUG", "SLEEP", "0.05"))
            assert await cache.ask(echo) == "here"

    asyncio.run(scene())
    assert told == []


def test_what_was_answered_late_is_no_answer_to_the_next_question(server: Redis) -> None:
    async def scene() -> None:
        async with Cache(server.url, CLOCK) as cache:
            await cache.ask(lambda client: client.set("cryptoflow:test", "mine"))
            assert await cache.ask(lambda client: client.execute_command("DEBUG", "SLEEP", "0.15")) is None
            await until(lambda: not cache.trouble)
            assert await cache.ask(lambda client: client.get("cryptoflow:test")) == "mine"

    asyncio.run(scene())


@pytest.mark.parametrize("url", ["http://127.0.0.1", "127.0.0.1:6379", "redis://", "redis://h:port", ""])
def test_what_is_no_redis_is_refused_with_the_way_to_write_one(url: str) -> None:
    with pytest.raises(CryptoflowError, match="is no Redis") as raised:
        Cache(url, CLOCK)
    assert raised.value.code == ExitCode.USAGE and "redis://HOST" in raised.value.problems[0].fix


def test_a_password_is_told_to_nobody() -> None:
    _, trouble = asyncio.run(latency("redis://desk:secret@127.0.0.1:1", CLOCK))
    assert trouble.startswith("redis://127.0.0.1:1 cannot be used") and "secret" not in trouble
