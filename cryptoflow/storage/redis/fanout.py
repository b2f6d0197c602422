"""Live updates for whoever listens: numbered, so that who has missed some knows, and waited for by nobody."""

import asyncio
from collections import deque
from contextlib import suppress
from random import Random
from types import TracebackType
from typing import Any, NamedTuple, Self

from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from cryptoflow.domain.events.codec import canonical
from cryptoflow.storage.redis.cache import AGAIN, ANSWER, AWAY, PREFIX, Cache, client_of, ended

PUBLISH = """
local seq = redis.call('INCR', KEYS[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PUBLISH', ARGV[1], string.format('%d', seq) .. ' ' .. ARGV[2])
return seq
"""

KEEP = 86_400_000
"""Milliseconds after which the numbers of a channel that says nothing begin anew."""

BOUND = 1_000
"""Updates that wait for a listener; of more it gets the newest, and is told."""

QUIET = 1.0
"""Seconds without a word after which a connection is asked whether it is still there, and in which it has to answer."""


class Update(NamedTuple):
    """What was published on a channel, as canonical JSON, under a number that rises by one with each."""

    seq: int
    body: str


class Missed(NamedTuple):
    """Something after the update `after` was not heard: whoever needs all of it reads it where it is kept."""

    after: int


async def publish(cache: Cache, channel: str, value: Any) -> int | None:
    """Tell a value to everyone who listens, and return its number; None when that could not be done."""
    body = canonical(value)

    async def told(client: "Redis") -> Any:
        return await client.eval(PUBLISH, 1, f"{PREFIX}seq:{channel}", f"{PREFIX}on:{channel}", body, KEEP)

    found = await cache.ask(told)
    return None if found is None else int(found)


class _Heard(NamedTuple):
    """What was heard, None when only a connection began; `hole`: something before it was not."""

    update: Update | None
    hole: bool


class Updates:
    """The updates of a channel, from when they are entered with `async with`, as `async for` hands them out.

    A listener that is slower than they come, or whose connection was gone, gets `Missed` where some are lacking.
    """

    def __init__(self, cache: Cache, channel: str, bound: int = BOUND) -> None:
        self.cache, self.channel = cache, f"{PREFIX}on:{channel}"
        self.bound, self._heard = bound, deque[_Heard]()
        self._more, self._there = asyncio.Event(), asyncio.Event()
        self._entered, self._told = False, 0
        self._newest: int | None = None
        self._client = client_of(cache.url)

    async def __aenter__(self) -> Self:
        self._listening = asyncio.create_task(self._listen())
        self._listening.add_done_callback(lambda _: self._more.set())
        with suppress(TimeoutError):  # listening begins as soon as Redis is there
            async with asyncio.timeout(ANSWER):
                await self._there.wait()
        self._entered = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await ended(self._listening)
        await self._client.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Update | Missed:
        while True:
            while not self._heard:
                if self._listening.done():
                    self._listening.result()
                self._more.clear()
                await self._more.wait()
            update, hole = self._heard[0]
            if hole:
                self._heard[0] = _Heard(update, hole=False)
                return Missed(self._told)
            self._heard.popleft()
            if update is not None:
                self._told = update.seq
                return update

    async def _listen(self) -> None:
        waits = AGAIN.waits(Random())
        while True:
            with suppress(*AWAY):
                async with self._client.pubsub() as pubsub:
                    async with asyncio.timeout(ANSWER):
                        await pubsub.subscribe(self.channel)
                    await self._hear(pubsub)
            if self._there.is_set():
                waits = AGAIN.waits(Random())
                self._there.clear()
            await asyncio.sleep(next(waits))

    async def _hear(self, pubsub: "PubSub") -> None:
        """Take what comes until the connection is gone."""
        asked = False
        while True:
            message = await pubsub.get_message(timeout=QUIET)
            if message is None:
                if asked:
                    raise TimeoutError
                await pubsub.ping()
            elif message["type"] == "subscribe":
                self._there.set()
                self._begin()
            elif message["type"] == "message":
                seq, _, body = message["data"].partition(" ")
                self._take(Update(int(seq), body))
            asked = message is None

    def _begin(self) -> None:
        """Take note of a connection: before one that was not there from the beginning there was a time without."""
        if self._entered:
            self._put(_Heard(None, hole=True))
        self._newest = None

    def _take(self, update: Update) -> None:
        self._put(_Heard(update, hole=self._newest is not None and update.seq != self._newest + 1))
        self._newest = update.seq

    def _put(self, heard: _Heard) -> None:
        self._heard.append(heard)
        if len(self._heard) > self.bound:
            self._heard.popleft()
            self._heard[0] = self._heard[0]._replace(hole=True)
        self._more.set()
