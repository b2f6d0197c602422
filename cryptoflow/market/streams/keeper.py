"""All channels of a feed as they are kept: what readers hear goes in, what the engine may know goes into the queue."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptoflow.clock import Clock
from cryptoflow.domain.ticks import Cut, Heard, Joined, Missed, Silent, Sound, Tick
from cryptoflow.market.streams.building import Builder
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.figures import ChannelFigures, ConnectionFigures
from cryptoflow.market.streams.freshness import Freshness
from cryptoflow.market.streams.lines.line import Line
from cryptoflow.market.streams.mending import PATIENCE, mend
from cryptoflow.market.streams.port import Past, Reader
from cryptoflow.market.streams.queue import HeardQueue
from cryptoflow.market.streams.said import Item

REORDER = 0.2
"""Seconds in which something missing may still come by itself."""

GIVE_UP = 3
"""How many times its limit each stream of a connection has to be silent for a new one to be made."""

HELD = 50_000
"""Words of a stream that may wait for what is missing before them; with more it is given up for lost."""

Spawn = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]


@dataclass(slots=True)
class Channel:
    """A stream with all that is kept of it."""

    line: Line
    fresh: Freshness
    figures: ChannelFigures
    builders: list[Builder] = field(default_factory=list)


class Keeper:
    """The ear of all readers of a venue; books are `told` by their streams, or asked for."""

    def __init__(
        self,
        venue: str,
        channels: dict[Stream, Channel],
        past: Past,
        clock: Clock,
        queue: HeardQueue,
        spawn: Spawn,
        *,
        told: bool = False,
    ) -> None:
        self.venue, self.channels, self.past, self.clock = venue, channels, past, clock
        self.queue, self.spawn = queue, spawn
        self.told = told
        self.readers: dict[int, Reader] = {}
        self.connections: dict[int, ConnectionFigures] = {}
        self.mending: dict[Stream, asyncio.Task[None]] = {}
        self.joining: dict[int, asyncio.Task[None]] = {}

    def listen(self, reader: Reader) -> None:
        """Let a reader tell what it hears."""
        self.readers[reader.number] = reader
        self.connections[reader.number] = ConnectionFigures()
        self.spawn(reader.listen(self))

    def heard(self, stream: Stream, items: Sequence[Item], heard_at: int, size: int) -> None:
        """Put what was said in its place, and what may be told into the queue."""
        channel = self.channels[stream]
        fresh = channel.fresh
        duplicates = channel.line.duplicates
        events = channel.line.take(items)
        if events or channel.line.duplicates == duplicates:
            fresh.heard_at = heard_at
            if fresh.silent:
                fresh.silent = False
                self.queue.put((Sound(stream.symbol, stream.channel, heard_at),))
        channel.figures.heard(size, events)
        self._follow(stream, channel, events)

    def found(self, stream: Stream, items: Sequence[Item]) -> None:
        """Put what a reader has asked for in its place, without taking it for a word of the stream."""
        channel = self.channels[stream]
        events = channel.line.take(items)
        channel.figures.let_out(events)
        self._follow(stream, channel, events)

    def puzzled(self, connection: int) -> None:
        """Count what cannot be read; if it was an event, its number will be missing."""
        self.connections[connection].malformed += 1

    def cut(self, connection: int, reason: str) -> None:
        """Hold back all that the connection told until it is there again."""
        figures = self.connections[connection]
        figures.reason = reason
        figures.failed += 1
        if connection in self.joining:
            self.joining.pop(connection).cancel()
        for stream in self.readers[connection].streams:
            if stream in self.mending:
                self.mending.pop(stream).cancel()
            self.channels[stream].line.leave()
        if figures.failed > 1:
            return
        now = self.clock.nanoseconds()
        figures.cut += 1
        figures.away_since = figures.away_since or now
        self.queue.put((Cut(self.venue, connection, reason, now),))

    def joined(self, connection: int) -> None:
        """Ask for what was missed meanwhile, and say that the connection is there when all of it is told."""
        figures = self.connections[connection]
        figures.joined += 1
        figures.failed = 0
        now = self.clock.nanoseconds()
        for stream in self.readers[connection].streams:
            self.channels[stream].fresh.begin(now)
        self.joining[connection] = self.spawn(self._rejoin(connection))

    def refused(self, stream: Stream, reason: str) -> None:
        """Say that a stream is silent, because the venue will have it so."""
        now = self.clock.nanoseconds()
        number = next(number for number, reader in self.readers.items() if stream in reader.streams)
        self.connections[number].reason = reason
        self._silence(stream, self.channels[stream], now)

    def granted(self, stream: Stream) -> None:
        """Ask for what a stream would have said while it was refused."""
        channel = self.channels[stream]
        channel.line.leave()
        self._start(stream, self._catch_up(channel))

    def is_full(self) -> bool:
        """Say whether the engine is behind."""
        return self.queue.is_full()

    async def room(self) -> None:
        """Wait for the engine."""
        await self.queue.room()

    def look(self) -> None:
        """Say which streams are silent on an open connection; one that says nothing at all is given up."""
        now = self.clock.nanoseconds()
        if self.queue.keeps_waiting():
            self.begin_anew()
            return
        for number, reader in self.readers.items():
            if self.connections[number].failed or not self.connections[number].joined:
                continue
            for stream in reader.streams:
                channel = self.channels[stream]
                if channel.fresh.is_overdue(now):
                    self._silence(stream, channel, now)
            if all(self.channels[stream].fresh.is_overdue(now, GIVE_UP) for stream in reader.streams):
                reader.drop("all its streams are silent")

    def begin_anew(self) -> None:
        """Wait anew for all streams: the engine kept us from reading, or our clock was set."""
        now = self.clock.nanoseconds()
        for channel in self.channels.values():
            channel.fresh.begin(now)

    def _silence(self, stream: Stream, channel: Channel, now: int) -> None:
        if not channel.fresh.silent:
            channel.fresh.silent = True
            channel.figures.silences += 1
            since = channel.fresh.heard_at // 1_000_000
            self.queue.put((Silent(stream.symbol, stream.channel, since, now),))

    def _follow(self, stream: Stream, channel: Channel, events: Sequence[Heard]) -> None:
        """Put events into the queue, and look after what is missing before those that wait."""
        if events:
            self.queue.put(built(channel.builders, events) if channel.builders else events)
        elif channel.line.held_back() > HELD:
            self._give_up(stream, channel)
        if stream not in self.mending and channel.line.waits():
            self._start(stream, self._mend_soon(channel))

    def _give_up(self, stream: Stream, channel: Channel) -> None:
        """Tell what waits without what is missing: memory is not there for all that a market says meanwhile."""
        if stream in self.mending:
            self.mending.pop(stream).cancel()
        self._tell(channel, channel.line.settled(self.clock.nanoseconds()))

    async def _mend_soon(self, channel: Channel) -> None:
        """Mend a line, unless what it misses comes by itself."""
        await asyncio.sleep(REORDER)
        if channel.line.wants():
            await self._mend(channel)

    async def _mend(self, channel: Channel) -> None:
        """Mend a line until it is whole; only a book may take more than one turn, as it cannot be declared lost."""
        await mend(channel.line, self.past, self.clock, lambda events: self._tell(channel, events))
        while channel.line.wants():
            await mend(channel.line, self.past, self.clock, lambda events: self._tell(channel, events))

    async def _rejoin(self, connection: int) -> None:
        """Say that a connection is there when all is told that was missed, or when patience ends."""
        streams = self.readers[connection].streams
        tasks = [self._start(stream, self._catch_up(self.channels[stream])) for stream in streams]
        await asyncio.wait(tasks, timeout=PATIENCE)
        figures = self.connections[connection]
        now = self.clock.nanoseconds()
        away = (now - (figures.away_since or now)) // 1_000_000
        figures.away_since = None
        self.queue.put((Joined(self.venue, connection, away, now),))

    async def _catch_up(self, channel: Channel) -> None:
        if self.told and channel.line.stream.kind is Kind.BOOK:
            await asyncio.sleep(REORDER)  # it is on its way
        await self._mend(channel)

    def _tell(self, channel: Channel, events: Iterable[Heard]) -> None:
        for event in events:
            if channel.figures.mended(event, channel.line.stream):
                for builder in channel.builders:
                    builder.lose()
            elif type(event) is Missed and event.before <= event.after:
                for builder in channel.builders:
                    builder.begin_anew()
            self.queue.put(built(channel.builders, (event,)))

    def _start(self, stream: Stream, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        if stream in self.mending:
            self.mending[stream].cancel()
        task = self.mending[stream] = self.spawn(work)

        def forget(done: "asyncio.Task[None]") -> None:
            if self.mending.get(stream) is done:
                del self.mending[stream]

        task.add_done_callback(forget)
        return task


def built(builders: Iterable[Builder], events: Iterable[Heard]) -> Iterator[Heard]:
    """Yield events, and before a tick the bars that it closes."""
    for event in events:
        if type(event) is Tick:
            for builder in builders:
                yield from builder.take(event)
        yield event
