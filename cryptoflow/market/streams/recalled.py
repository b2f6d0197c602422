"""What a venue has said before, asked through ccxt within the same budget as everything else that asks this venue."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from random import Random
from typing import Any, TypeVar

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.rest.budget import PATIENCE
from cryptoflow.market.rest.offers import refuse_unlisted
from cryptoflow.market.rest.venue_client import VenueClient
from cryptoflow.market.streams.asking import FRESH, unsettled
from cryptoflow.market.streams.backoff import Backoff
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.clocks import VenueClock
from cryptoflow.market.streams.manners import SINCE_NUMBER
from cryptoflow.market.streams.port import words
from cryptoflow.market.streams.said import Page, sure
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
        self.venue_clock = VenueClock(asked=bool(client.exchange.has["fetchTime"]))
        self.since_number = SINCE_NUMBER.get(client.venue)
        self.unanswered, self.reason = 0, ""
        self._loading = asyncio.Lock()

    async def page(self, stream: Stream, after: int) -> Page:
        """Return what a stream said after a number; there is nothing to ask of a book, which comes whole by itself."""
        if stream.kind is Kind.TICKS and self.exchange.has["fetchTrades"]:
            return await self._patiently(lambda: self._ticks(stream.symbol, after))
        if stream.kind is Kind.BARS:
            await asyncio.sleep(unsettled(self.now(), stream.timeframe))
            await self._know_the_time()
            return await self._patiently(lambda: self._bars(stream, after))
        return Page((), newest=True)

    async def time(self) -> int:
        """Return what the venue's clock shows, ours where it does not say, and learn how far it is from ours."""
        if self.venue_clock.asked:
            await self._patiently(self._time)
        return self.now()

    def now(self) -> int:
        """Return what the venue's clock shows, as far as is known."""
        return self.venue_clock.now(self.clock.nanoseconds())

    async def _know_the_time(self) -> None:
        """Ask for the venue's time unless it has just been told; without an answer what is known has to do."""
        if self.venue_clock.asked and self.venue_clock.age() > FRESH:
            with suppress(*passing()):
                await self._time()

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
        heard_at, told = self.clock.nanoseconds(), self._told()
        found = sorted((bar_of(stream, row, heard_at) for row in rows if whole(row)), key=lambda bar: bar.open_at)
        bars = [bar for bar in found if bar.open_at > after]
        return Page(sure(bars, told), newest=not bars or bars[-1].open_at > told - 2 * stream.timeframe)

    def _told(self) -> int:
        """A moment of the venue's that has passed for certain; ours where it does not say."""
        return self.venue_clock.told if self.venue_clock.asked else self.now()

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
        waits = Backoff(self.draw)
        while True:
            try:
                return await ask()
            except passing() as error:
                self.unanswered, self.reason = self.unanswered + 1, words(error)
            await asyncio.sleep(waits.next())


def passing() -> tuple[type[Exception], ...]:
    """Return what keeps a question from being answered; whatever it is only waiting helps, as streams go on."""
    import ccxt

    return (ccxt.BaseError, CryptoflowError)
