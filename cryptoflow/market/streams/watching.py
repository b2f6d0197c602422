"""One connection to a venue through ccxt.pro: watches its streams, and comes back when one of them breaks."""

import asyncio
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import aiohttp

from cryptoflow.clock import Clock
from cryptoflow.market.streams.backoff import Backoff
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.endings import breaks, first_of, reason_of
from cryptoflow.market.streams.guarding import Unreadable
from cryptoflow.market.streams.knocking import wait_out
from cryptoflow.market.streams.manners import listener
from cryptoflow.market.streams.port import Ear
from cryptoflow.market.streams.recalled import Recalled
from cryptoflow.market.streams.said import Item
from cryptoflow.market.streams.watched import Best, Books, Rows, Ticks
from cryptoflow.market.streams.watches import WATCHES
from cryptoflow.market.times import grid_offset

SETTLE = 2.0
"""Seconds after its subscription in which a stream that has something to say has said it."""

LOOK = 0.1
"""Seconds between looks whether ccxt is connected, which it does not tell."""

LATE = 1_500
"""Milliseconds after a bar's end in which the next has to appear, before the venue is asked for the one that ended: so
that the answer comes before a round is over, which waits 2 s unless a spec says otherwise."""

Read = Callable[[Any, int], list[Item]]


class Watching:
    """A reader of some streams of one kind, by one client of ccxt.pro, which is made anew for each connection."""

    def __init__(
        self, number: int, streams: Sequence[Stream], past: Recalled, url: str | None, clock: Clock, draw: Random
    ) -> None:
        self.number, self.streams = number, streams
        self.past, self.url, self.clock = past, url, clock
        self.backoff = Backoff(draw)
        self.dropped = asyncio.Event()
        self.reason = ""
        self.dialled: dict[str, dict[str, float]] = {}
        self.best = {stream: Best(stream.symbol) for stream in streams}
        self.books = {stream: Books() for stream in streams}

    async def listen(self, ear: Ear) -> None:
        """Tell what is said, for ever."""
        while True:
            ear.cut(self.number, await self._connected(ear))
            await self._stay_away()

    async def again(self, stream: Stream) -> None:
        """Do nothing: ccxt has a book told anew by itself."""

    def drop(self, reason: str) -> None:
        """Give up the connection."""
        self.reason = reason
        self.dropped.set()

    async def _connected(self, ear: Ear) -> str:
        """Listen for as long as it lasts, and return why it was not longer."""
        self.reason = ""
        self.dropped.clear()
        client = self.past.client
        async with listener(client.venue, self.url, client.budget, self.clock) as exchange:
            try:
                await self._listened(exchange, ear)
            except breaks() as error:
                if isinstance(error, Unreadable):
                    ear.puzzled(self.number)
                return reason_of(error, client.venue)
            finally:
                self.dialled = dict(getattr(exchange, "ws_dial_backoff", None) or {})
        return self.reason

    async def _listened(self, exchange: Any, ear: Ear) -> None:
        """Listen until the connection is dropped; a stream that breaks raises why."""
        known = await self.past.listed({stream.symbol for stream in self.streams})
        exchange.set_markets_from_exchange(known)
        exchange.ssl_context = known.ssl_context  # 20 ms of work
        quiet = set(self.streams)
        bars = {stream: Rows(stream) for stream in self.streams if stream.kind is Kind.BARS}
        works = [self._watched(exchange, stream, self._read(stream, bars), ear, quiet) for stream in self.streams]
        works += [self._confirmed(rows, ear) for rows in bars.values()]
        await first_of([*works, self._joined(exchange, ear, quiet)])

    async def _watched(self, exchange: Any, stream: Stream, read: Read, ear: Ear, quiet: set[Stream]) -> None:
        """Tell what one stream says; a book that does not add up is missing until it is whole again."""
        import ccxt

        watch, now = WATCHES[stream.kind], self.clock.nanoseconds
        while True:
            try:
                said = await watch(exchange, stream)
            except ccxt.ChecksumError:
                ear.heard(stream, self.books[stream].broken(now()), now(), 0)
                continue
            heard_at = now()
            items = read(said, heard_at)
            if stream.kind is Kind.TICKS and len(items) < len(said):
                ear.puzzled(self.number)
            quiet.discard(stream)
            ear.heard(stream, items, heard_at, 0)
            if ear.is_full():
                await ear.room()

    async def _joined(self, exchange: Any, ear: Ear, quiet: set[Stream]) -> None:
        """Say that the connection is there when all streams have spoken or had time to; end when it is dropped."""
        loop = asyncio.get_running_loop()
        while not exchange.clients or not all(client.isConnected for client in exchange.clients.values()):
            await asyncio.sleep(LOOK)
        apart = exchange.rateLimit / 1000 * ((exchange.options.get("ws") or {}).get("cost") or 1)
        until = loop.time() + SETTLE + apart * len(self.streams)
        while quiet and loop.time() < until:
            await asyncio.sleep(LOOK)
        self.backoff.begin()
        ear.joined(self.number)
        await self.dropped.wait()

    async def _confirmed(self, rows: Rows, ear: Ear) -> None:
        """Ask for bars that have ended without a word of the next."""
        stream = rows.stream
        timeframe, offset = stream.timeframe, grid_offset(stream.timeframe)
        while True:
            await asyncio.sleep((timeframe - (self.past.now() - LATE - offset) % timeframe) / 1000)
            over = rows.over(self.past.now() - LATE)
            if over is not None:
                page = await self.past.page(stream, over - timeframe)
                ear.found(stream, rows.new(page.items))

    def _read(self, stream: Stream, bars: dict[Stream, Rows]) -> Read:
        if stream.kind is Kind.TICKS:
            return Ticks(stream.symbol, numbered=bool(self.past.since_number)).read
        if stream.kind is Kind.BARS:
            return bars[stream].read
        return self.best[stream].read if stream.kind is Kind.TOP else self.books[stream].read

    async def _stay_away(self) -> None:
        """Wait before the next attempt; where the venue was gone, not longer than until it is back."""
        wait = self.backoff.next()
        if not self.dialled:
            await asyncio.sleep(wait)
            return
        address, refused = next(iter(self.dialled.items()))
        async with aiohttp.ClientSession() as session:
            await wait_out(max(wait, (refused["until"] - self.clock.now()) / 1000), session, address)
