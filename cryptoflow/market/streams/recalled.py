"""What a venue has said before, asked through ccxt within the same budget as everything else that asks this venue."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from typing import Any, TypeVar

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.rest.budget import PATIENCE
from cryptoflow.market.rest.offers import refuse_unlisted
from cryptoflow.market.rest.venue_client import VenueClient
from cryptoflow.market.streams.asking import unsettled
from cryptoflow.market.streams.backoff import Backoff
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.clocks import VenueClock
from cryptoflow.market.streams.manners import SINCE_NUMBER
from cryptoflow.market.streams.said import Page
from cryptoflow.market.streams.watched import Ticks, bar_of, whole
from cryptoflow.market.times import timeframe_name

PAGE = 1_000
"""Ticks of an answer, where they can be asked for by number."""

Answer = TypeVar("Answer")


class Recalled:
    """The past of a venue that ccxt knows."""

    def __init__(self, client: VenueClient, clock: Clock, draw: Random) -> None:
        self.client, self.clock, self.draw = client, clock, draw
        self.exchange = client.exchange
        self.venue_clock = VenueClock()
        self.since_number = SINCE_NUMBER.get(client.venue)
        self.unanswered = 0
        self._loading = asyncio.Lock()

    async def page(self, stream: Stream, after: int) -> Page:
        """Return what a stream said after a number; there is nothing to ask of a book, which comes whole by itself."""
        if stream.kind is Kind.TICKS and self.exchange.has["fetchTrades"]:
            return await self._patiently(lambda: self._ticks(stream.symbol, after))
        if stream.kind is Kind.BARS:
            await asyncio.sleep(unsettled(self.now(), stream.timeframe))
            return await self._patiently(lambda: self._bars(stream, after))
        return Page((), newest=True)

    async def time(self) -> int:
        """Return what the venue's clock shows, ours where it does not say, and learn how far it is from ours."""
        if self.exchange.has["fetchTime"]:
            await self._patiently(self._time)
        return self.now()

    def now(self) -> int:
        """Return what the venue's clock shows, as far as is known."""
        return self.venue_clock.now(self.clock.nanoseconds())

    async def listed(self, symbols: set[str]) -> Any:
        """Return a client that knows what the venue lists, and refuse symbols that are not among it; tried once."""
        async with self._loading:
            await self.exchange.load_markets()
        for symbol in sorted(symbols):
            refuse_unlisted(self.client.venue, symbol, tuple(self.exchange.markets))
        return self.exchange

    async def refuse_unlisted(self, symbols: Sequence[str]) -> None:
        """Do nothing: readers ask for what is `listed`."""

    def is_held(self) -> bool:
        """Say whether questions wait for the end of a ban that is worth waiting for."""
        return 0 < self.client.budget.silent_until() - self.clock.now() <= PATIENCE

    async def _ticks(self, symbol: str, after: int) -> Page:
        if self.since_number:
            found = await self.exchange.fetch_trades(symbol, None, PAGE, {self.since_number: after + 1})
        else:
            found = await self.exchange.fetch_trades(symbol, None, self._most("fetchTrades"))
        items = Ticks(symbol, numbered=bool(self.since_number)).read(found, self.clock.nanoseconds())
        return Page(items, newest=not self.since_number or len(found) < PAGE)

    async def _bars(self, stream: Stream, after: int) -> Page:
        frame, limit = timeframe_name(stream.timeframe), self._most("fetchOHLCV")
        rows = await self.exchange.fetch_ohlcv(stream.symbol, frame, after + stream.timeframe, limit)
        heard_at, now = self.clock.nanoseconds(), self.now()
        bars = [bar_of(stream, row, heard_at) for row in rows if whole(row)]
        closed = [bar for bar in bars if after < bar.open_at <= now - stream.timeframe]
        return Page(closed, newest=not closed or closed[-1].open_at > now - 2 * stream.timeframe)

    async def _time(self) -> None:
        asked_at = self.clock.nanoseconds()
        told = await self.exchange.fetch_time()
        self.venue_clock.observe(asked_at, self.clock.nanoseconds(), told)

    def _most(self, verb: str) -> int | None:
        """The most that an answer of the venue holds, as far as ccxt knows."""
        spot = (self.exchange.features or {}).get("spot") or {}
        limit = (spot.get(verb) or {}).get("limit")
        return None if limit is None else int(limit)

    async def _patiently(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        import ccxt

        waits = Backoff(self.draw)
        while True:
            try:
                return await ask()
            except (ccxt.BaseError, CryptoflowError):  # whatever it is, only waiting helps: streams go on meanwhile
                self.unanswered += 1
            await asyncio.sleep(waits.next())
