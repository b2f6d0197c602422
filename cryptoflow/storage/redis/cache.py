"""A Redis for whoever can do without it: it may go away at any moment, and takes nothing with it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random
from time import perf_counter
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError  # noqa: A004 - no OSError, like theirs

from cryptoflow.clock import Clock
from cryptoflow.domain.events.storage import CacheBack, CacheLost
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.waits import Backoff

ANSWER = 0.1
"""Seconds within which an answer has to be there, a new connection included."""

LATE = 0.05
"""Seconds by which a time-out may be late; a later one says that this process was busy, not that Redis is away."""

AGAIN = Backoff(0.1, 10.0, jitter=0.0)
"""Seconds until Redis is looked for again."""

CONNECTIONS = 8
"""Calls on their way at one time; more wait for one of them, within their own time."""

SCHEMES = ("redis", "rediss", "unix")

PREFIX = "cryptoflow:"
"""What the name of everything of ours in Redis begins with."""

Answer = TypeVar("Answer")
Told = CacheLost | CacheBack

AWAY = (RedisError, OSError, TimeoutError)
"""What being without Redis looks like."""


def deaf(_: Told) -> None:
    """Take no note of anything."""


class Cache:
    """Redis while it is entered with `async with`; what it does not answer at once is None, "not known".

    The first call that fails tells `cache.lost`; from then on no call waits. Meanwhile Redis is looked for, less and
    less often, until it takes what is written: that tells `cache.back`. `ahead` is by how many milliseconds its clock
    is ahead of ours, `trouble` why it cannot be used.
    """

    def __init__(self, url: str, clock: Clock, tell: Callable[[Told], None] = deaf) -> None:
        self.url, self.clock, self.name = checked(url), clock, name_of(url)
        self.ahead, self.trouble = 0, ""
        self._tell, self._lost_at = tell, 0
        self._looking: asyncio.Task[None] | None = None
        self.client = client_of(url)

    async def __aenter__(self) -> Self:
        await self.ask(self._greet)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._looking is not None:
            await ended(self._looking)
        await self.client.aclose()

    async def ask(self, call: Callable[["Redis"], Awaitable[Answer]]) -> Answer | None:
        """Return what a call of Redis returns, None where nobody knows."""
        if self.trouble:
            return None
        loop = asyncio.get_running_loop()
        due = loop.time() + ANSWER
        try:
            async with asyncio.timeout_at(due):
                try:
                    return await call(self.client)
                except ConnectionError:  # it may have been started anew since the last call: a new connection tells
                    return await call(self.client)
        except AWAY as error:
            if not isinstance(error, TimeoutError) or loop.time() - due < LATE:
                self._lose(error)
            return None

    def _lose(self, error: BaseException) -> None:
        if self.trouble:  # several calls were on their way
            return
        why = str(error).rstrip(".") or f"no answer within {1000 * ANSWER:.0f} ms"
        self.trouble = f"{self.name} cannot be used: {why}"
        self._lost_at = self.clock.now()
        self._tell(CacheLost(self.name, why))
        self._looking = asyncio.create_task(self._look_for_it())

    async def _look_for_it(self) -> None:
        for pause in AGAIN.waits(Random()):
            await asyncio.sleep(pause)
            with suppress(*AWAY):
                async with asyncio.timeout(ANSWER):
                    await self._greet(self.client)
                break
        self.trouble = ""
        self._tell(CacheBack(self.name, self._lost_at))

    async def _greet(self, client: "Redis") -> bool:
        """See that Redis takes what is written, and learn what time it is there."""
        asked_at = self.clock.now()
        seconds, microseconds = await client.time()
        heard_at = self.clock.now()
        await client.set(f"{PREFIX}greeted", heard_at, px=60_000)
        self.ahead = seconds * 1000 + microseconds // 1000 - (asked_at + heard_at) // 2
        return True


async def ended(task: "asyncio.Task[None]") -> None:
    """End a task, and raise what it died of if that was something else."""
    task.cancel()
    await asyncio.wait({task})  # unlike awaiting it, this tells its being cancelled from our own
    if not task.cancelled():
        task.result()


def client_of(url: str) -> "Redis":
    """Return a client that gives up at once and never tries twice."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=None,
        protocol=2,
        decode_responses=True,
        driver_info=None,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=None,  # the whole call has a time-out
        socket_connect_timeout=None,
    )
    return Redis.from_pool(pool)


def checked(url: str) -> str:
    """Return an address of a Redis, or say how one is written."""
    with suppress(ValueError):  # a port that is none
        parts = urlsplit(url)
        if parts.scheme in SCHEMES and (parts.hostname or parts.path) and (parts.port is None or parts.port > 0):
            return url
    raise CryptoflowError(
        f"{url.rpartition('@')[2]!r} is no Redis",
        fix="write CRYPTOFLOW_REDIS_URL as redis://HOST:PORT, rediss://HOST or unix:///FILE",
        code=ExitCode.USAGE,
    )


def name_of(url: str) -> str:
    """Return an address as people may see it: without a password, a user or what comes behind a question mark.

    >>> name_of("redis://desk:secret@10.0.0.7:6379/2?health_check_interval=3")
    'redis://10.0.0.7:6379/2'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


async def latency(url: str, clock: Clock, tries: int = 3) -> tuple[float | None, str]:
    """Return the shortest time of an answer in milliseconds, or None and why there is none."""
    async with Cache(url, clock) as cache:
        best: float | None = None
        for _ in range(tries):
            asked_at = perf_counter()
            if await cache.ask(_ping) is None:
                break
            took = 1000 * (perf_counter() - asked_at)
            best = took if best is None else min(best, took)
        return best, cache.trouble


async def _ping(client: "Redis") -> Any:
    return await client.ping()
