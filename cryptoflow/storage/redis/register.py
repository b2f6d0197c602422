"""Texts by name that all machines see, each changed only by whoever knows what it was."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import Redis

from cryptoflow.clock import Clock
from cryptoflow.storage.redis.cache import PREFIX, Cache, Told, deaf

SWAP = """
local there = redis.call('GET', KEYS[1]) or ''
if there ~= ARGV[1] then return {0, there} end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return {1, ARGV[2]}
"""
"""Short enough to be sent each time, so that a Redis that was started anew knows it."""


class RedisRegister:
    """A register in Redis; while that is away nobody knows what it says."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache

    @property
    def ahead(self) -> int:
        """Return by how many milliseconds its clock is ahead of this machine's."""
        return self.cache.ahead

    @property
    def trouble(self) -> str:
        """Return why it is out of reach; empty while it is not."""
        return self.cache.trouble

    async def swapped(self, name: str, before: str, after: str, keep: int) -> tuple[bool, str] | None:
        """Put `after` in the place of `before` for `keep` milliseconds; empty is the text that is not there.

        Return whether that was done, and the text that is there then; None, without waiting long, when nobody knows.
        """

        async def swap(client: "Redis") -> Any:
            return await client.eval(SWAP, 1, f"{PREFIX}{name}", before, after, keep)

        found = await self.cache.ask(swap)
        return None if found is None else (bool(found[0]), str(found[1]))


@asynccontextmanager
async def opened(url: str, clock: Clock, tell: Callable[[Told], None] = deaf) -> AsyncIterator[RedisRegister]:
    """Open the register of a Redis."""
    async with Cache(url, clock, tell) as cache:
        yield RedisRegister(cache)
