"""A live market: everything that some channels of some symbols say, in order, without holes that go untold."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from types import MappingProxyType, TracebackType
from typing import Any, Self

from cryptoflow.clock import Clock, MachineClock, is_virtual
from cryptoflow.domain.ticks import Heard
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.rest.budget import HERE, Budgets
from cryptoflow.market.streams.books import Book
from cryptoflow.market.streams.building import Builder
from cryptoflow.market.streams.channels import Kind, Stream, streams_of
from cryptoflow.market.streams.clocks import VenueClock
from cryptoflow.market.streams.closing import Closing
from cryptoflow.market.streams.figures import ChannelFigures
from cryptoflow.market.streams.freshness import Freshness, limit_of
from cryptoflow.market.streams.keeper import Channel, Keeper
from cryptoflow.market.streams.lines.choice import line_of
from cryptoflow.market.streams.lines.kept import KeptBook
from cryptoflow.market.streams.native import DIALECTS, native
from cryptoflow.market.streams.port import Call
from cryptoflow.market.streams.queue import HeardQueue
from cryptoflow.market.streams.through_ccxt import through_ccxt

BOUND = 10_000
"""Events that may wait for the engine before the sockets are left unread."""

LOOK = 1.0
"""Seconds between looks for silent streams, and at whether our clock was set."""

LOOKS = 10
"""Looks within the time that a stream may be silent, on a virtual clock: nobody sets that one, and days pass on it."""

CLOCK, AGAIN, SOON = 60.0, 10.0, 1.0
"""Seconds between questions for the venue's time, after answers that took long or contradict the last ones, and after
the first, which had to wait for a connection and says nothing of the pace."""

LONG = 500.0
"""Milliseconds of an answer's trip from which on half of it is too much not to know."""

JUMP = 0.25
"""Seconds by which our clock may differ from what has passed since the last look; by more it was set."""

NONE: Mapping[Any, int] = MappingProxyType({})


class Feed:
    """The events of a venue's channels, as `async for` hands them out while it is entered with `async with`.

    `url` is where the venue is, None its own address; `last` is the last number (of bars the open) already known
    of a stream, from which on nothing may be missing; `limits` are milliseconds of silence by symbol or channel.
    Venues that we have no reader of are listened to through ccxt, and with `ccxt` the others too. `budgets`
    are where requests are counted.
    """

    def __init__(
        self,
        venue: str,
        symbols: Sequence[str],
        channels: Sequence[str],
        *,
        url: str | None = None,
        clock: Clock | None = None,
        seed: int = 0,
        bound: int = BOUND,
        most: int | None = None,
        limits: Mapping[str, int] = NONE,
        last: Mapping[Stream, int] = NONE,
        ccxt: bool = False,
        budgets: Budgets = HERE,
    ) -> None:
        self.venue, self.clock = venue, clock or MachineClock()
        self.streams = streams_of(symbols, channels)
        self.call = Call(venue, self.streams, url, self.clock, seed, most, budgets)
        self.open = through_ccxt if ccxt or venue not in DIALECTS else native
        self.limits, self.last = limits, last
        self.queue = HeardQueue(bound)
        self._was_set = asyncio.Event()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self.voice = await stack.enter_async_context(self.open(self.call))
            refuse_beginnings(self.venue, self.last, self.voice.numbered)
            self._tasks = await stack.enter_async_context(asyncio.TaskGroup())
            self._running: set[asyncio.Task[None]] = set()
            stack.callback(self._cancel)
            self._stack = stack.pop_all()
        self.keeper = self._keeper()
        self._spawn(self._refuse_unlisted())
        self._spawn(self._know_the_time())
        self._spawn(self._look())
        for reader in self.voice.readers:
            self.keeper.listen(reader)
        if self.voice.numbered:  # elsewhere nobody can say whether a tick is missing: the next one closes a bar
            closing = Closing(self.keeper, self.voice.clock)
            for timeframe in sorted({stream.timeframe for stream in self.streams if stream.kind is Kind.BUILT}):
                self._spawn(closing.on_time(timeframe))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        try:
            return await self._stack.__aexit__(kind, error, trace)
        except BaseExceptionGroup as group:
            refusals = [each for each in group.exceptions if isinstance(each, CryptoflowError)]
            if len(refusals) == len(group.exceptions):
                raise refusals[0] from None
            raise
        finally:
            self.queue.end(StopAsyncIteration())

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Heard:
        return await self.queue.get()

    def book(self, symbol: str) -> Book | None:
        """Return the kept book of a symbol; None while it is not known, or known to lack something."""
        line = self.keeper.channels[Stream(symbol, Kind.BOOK)].line
        return line.book if isinstance(line, KeptBook) and not line.held and not line.wants() else None

    def now(self) -> int:
        """Return what the venue's clock shows, in milliseconds."""
        return self.venue_time(self.clock.nanoseconds())

    def venue_time(self, heard_at: int) -> int:
        """Return what the venue's clock showed when something was heard."""
        return self.voice.clock.now(heard_at)

    def symbols_on(self, connection: int) -> tuple[str, ...]:
        """Return the symbols of which a connection tells something."""
        return tuple(dict.fromkeys(stream.symbol for stream in self.keeper.readers[connection].streams))

    def remarks(self) -> tuple[str, ...]:
        """Return what is new to know about how requests are counted."""
        told = tuple(self.voice.remarks)
        self.voice.remarks.clear()
        return told

    def figures(self) -> dict[str, Any]:
        """Return what has been done so far, as plain values."""
        channels: dict[str, dict[str, Any]] = {}
        for stream, channel in self.keeper.channels.items():
            told = channels.setdefault(stream.channel, {**channel.figures.told(), "duplicates": 0, "reordered": 0})
            told["duplicates"] += channel.line.duplicates
            told["reordered"] += channel.line.reordered
        past = self.voice.past
        queue = {"bound": self.queue.bound, "longest": self.queue.longest, "conflated": self.queue.conflated}
        return {
            "venue": self.venue,
            "channels": channels,
            "connections": [connection.told() for connection in self.keeper.connections.values()],
            "queue": {**queue, "waiting": len(self.queue)},
            "questions": {"unanswered": past.unanswered, "reason": past.reason},
            "clock": self.voice.clock.plain(),
        }

    def _keeper(self) -> Keeper:
        now = self.clock.nanoseconds()
        figures: dict[str, ChannelFigures] = {}
        channels = {
            stream: Channel(
                line_of(stream, self.voice.numbered, self.last.get(stream)),
                Freshness(limit_of(stream, self.limits), now),
                figures.setdefault(stream.channel, ChannelFigures(self.voice.clock)),
            )
            for stream in self.streams
            if stream.kind is not Kind.BUILT
        }
        for stream in self.streams:
            if stream.kind is Kind.BUILT:
                ticks = channels[Stream(stream.symbol, Kind.TICKS)]
                ticks.builders.append(Builder(stream.symbol, stream.timeframe))
        return Keeper(self.venue, channels, self.voice.past, self.clock, self.queue, self._spawn, told=self.voice.told)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = self._tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[None]") -> None:
        """Let the reader of events know of what ends the feed, in whatever task it waits."""
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.queue.end(error)

    def _cancel(self) -> None:
        for task in self._running:
            task.cancel()

    async def _refuse_unlisted(self) -> None:
        await self.voice.past.refuse_unlisted(sorted({stream.symbol for stream in self.streams}))

    async def _know_the_time(self) -> None:
        """Ask for the venue's time every now and then, and whenever our clock was set."""
        while True:
            await self.voice.past.time()
            self._was_set.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(patience(self.voice.clock)):
                    await self._was_set.wait()

    async def _look(self) -> None:
        """Look for silent streams; what our clock was set by is nobody's silence."""
        loop = asyncio.get_running_loop()
        since = self.clock.nanoseconds() / 1e9 - loop.time()
        every = LOOK if not is_virtual() else max(LOOK, min(map(self._limit, self.keeper.channels)) / LOOKS)
        while True:
            await asyncio.sleep(every)
            now = self.clock.nanoseconds() / 1e9 - loop.time()
            if abs(now - since) > JUMP:
                self.keeper.begin_anew()
                self._was_set.set()
            since = now
            self.keeper.look()

    def _limit(self, stream: Stream) -> float:
        """Return the seconds that a stream may be silent."""
        return limit_of(stream, self.limits) / 1000


def patience(clock: VenueClock) -> float:
    """Return the seconds after which a venue is to be asked for its time again.

    >>> clock = VenueClock()
    >>> clock.observe(asked_at=0, answered_at=2_000_000, told=500)
    >>> patience(clock)
    1.0
    """
    if clock.pace is None and clock.asked:
        return SOON
    return CLOCK if clock.best.trip < LONG and clock.is_steady else AGAIN


def refuse_beginnings(venue: str, last: Mapping[Stream, int], numbered: bool) -> None:
    """Refuse numbers to begin after, of streams that have none which last."""
    for stream in last:
        if stream.kind is not Kind.BARS and not (numbered and stream.kind is Kind.TICKS):
            raise CryptoflowError(
                f"{stream.channel} of {venue} cannot begin after a number: the venue does not keep any",
                fix="begin where the market is",
            )
