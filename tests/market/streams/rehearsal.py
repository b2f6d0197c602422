"""A rehearsal venue with a made-up market, and what a feed of it has said by the end."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

import numpy as np

from cryptoflow.clock import MachineClock, virtual_time
from cryptoflow.domain.ticks import Closed, Heard
from cryptoflow.market.bars import Bars
from cryptoflow.market.streams.books import Book
from cryptoflow.market.streams.feed import Feed
from cryptoflow.venue.dialects.binance import Binance
from cryptoflow.venue.dialects.bybit import Bybit
from cryptoflow.venue.faults.script import Fault, Script
from cryptoflow.venue.market import Market
from cryptoflow.venue.pace import Pace
from cryptoflow.venue.server import RehearsalVenue
from cryptoflow.venue.tape import Tape, Terms

Event = TypeVar("Event")
Result = TypeVar("Result")

START = 1_704_067_200_000
MINUTE = 60_000
TERMS = Terms(0.01, 0.0001, 10.0, 0.001, 0.001)


def bars(symbol: str, count: int) -> Bars:
    """Return minutes from START on."""
    draw = np.random.default_rng(len(symbol))
    close = np.round(40_000 * np.exp(np.cumsum(draw.standard_normal(count) * 0.001)), 2)
    opens = np.append(40_000.0, close[:-1])
    high, low = np.round(np.maximum(opens, close) * 1.0005, 2), np.round(np.minimum(opens, close) * 0.9995, 2)
    times = START + np.arange(count, dtype=np.int64) * MINUTE
    return Bars(symbol, MINUTE, times, opens, high, low, close, np.round(draw.uniform(1, 9, count), 4))


def venue(
    faults: Sequence[Fault] = (),
    *,
    symbols: Sequence[str] = ("BTC/USDT",),
    minutes: int = 30,
    ticks: int = 120,
    dialect: Callable[[], Binance | Bybit] = Binance,
    after: int = 0,
    seed: int = 1,
    port: int = 0,
) -> RehearsalVenue:
    """Return a venue, still closed, whose market is `after` ms into its minutes and runs as fast as the clock."""
    clock = MachineClock()
    tapes = [Tape(bars(symbol, minutes), TERMS, seed=3, ticks=ticks) for symbol in symbols]
    market = Market(tapes, Pace(clock, START + after))
    return RehearsalVenue(market, dialect(), clock, script=Script(tuple(faults), seed), port=port)


class Run(NamedTuple):
    """What a feed has said, what it has counted, and its book."""

    events: list[Heard]
    figures: dict[str, Any]
    books: dict[str, Book | None]

    def of(self, kind: type[Event]) -> list[Event]:
        """Return the events of a kind, without the moment of hearing, in which runs may differ."""
        return [event._replace(heard_at=0) for event in self.events if type(event) is kind]

    def on(self, symbol: str) -> "Run":
        """Return what concerns a symbol."""
        return Run([event for event in self.events if event[0] == symbol], self.figures, {symbol: self.books[symbol]})

    def bars(self) -> dict[int, set[Closed]]:
        """Return what was said of each bar."""
        found: dict[int, set[Closed]] = {}
        for bar in self.of(Closed):
            found.setdefault(bar.open_at, set()).add(bar)
        return found


CHANNELS = ("ticks", "bars 1m", "top", "book", "built 1m")


async def listened(market: RehearsalVenue, seconds: float, channels: Sequence[str] = CHANNELS, **settings: Any) -> Run:
    """Open a venue, listen to it for some seconds, and leave nothing running behind."""
    events: list[Heard] = []
    async with market:
        symbols = [tape.listing.symbol for tape in market.market.tapes.values()]
        async with Feed(market.dialect.name, symbols, channels, url=market.url, **settings) as feed:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    async for event in feed:
                        events.append(event)
            books = {symbol: feed.book(symbol) for symbol in symbols if "book" in channels}
            figures = feed.figures()
    await asyncio.sleep(1)  # what ccxt had meant to send comes to nothing
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return Run(events, figures, books)


def in_no_time(work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run on a clock that jumps, from START on; what asks for the clock is made inside."""
    with virtual_time(START) as loop:
        return loop.run_until_complete(work())
