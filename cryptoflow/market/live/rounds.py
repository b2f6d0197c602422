"""Closed bars as rounds: all symbols decide together, once per boundary, and nobody waits long for the last one."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from typing import NamedTuple

from cryptoflow.domain.ticks import Closed, Heard
from cryptoflow.market.streams.feed import Feed


class Round(NamedTuple):
    """The bars that opened at `open_at`, by symbol; a symbol that is `missing` decides nothing in this round."""

    open_at: int
    bars: Mapping[str, Closed]
    missing: tuple[str, ...] = ()


class Late(NamedTuple):
    """A bar that came when its round was over: it moves indicators, and decides nothing."""

    bar: Closed


Told = Round | Late | Heard
"""What comes of a feed: rounds in the order of time, and everything else where it was heard."""


class Rounds:
    """Gathers the closed bars of some symbols. Moments are the venue's; `wait` is how long after its end a round ends.

    A round is over when every symbol has its bar or a later one, or when its time is. Bars of symbols come in order.
    """

    def __init__(self, symbols: Iterable[str], timeframe: int, wait: int) -> None:
        self.timeframe, self.wait = timeframe, wait
        self.newest: dict[str, int] = dict.fromkeys(symbols, -1)
        self.open: dict[int, dict[str, Closed]] = {}
        self.over = -1
        self.at = 0

    def take(self, event: Heard, at: int) -> Iterator[Told]:
        """Take in an event that was heard at a moment, and yield what can be told now."""
        yield from self.until(at)
        if not isinstance(event, Closed) or event.timeframe != self.timeframe or event.symbol not in self.newest:
            yield event
            return
        self.newest[event.symbol] = event.open_at
        # What was held back until something before it was mended has been heard in time, and comes too late.
        if event.open_at <= self.over or self.ends_at(event.open_at) <= self.at:
            yield Late(event)
        else:
            self.open.setdefault(event.open_at, {})[event.symbol] = event
        yield from self._full()

    def until(self, at: int) -> Iterator[Round]:
        """Yield the rounds whose time is over at a moment."""
        self.at = max(self.at, at)
        for open_at in sorted(self.open):
            if self.ends_at(open_at) <= self.at:
                yield self._ended(open_at)

    def ends_at(self, open_at: int) -> int:
        """Return the moment at which the round of bars that opened then is over whoever is missing."""
        return open_at + self.timeframe + self.wait

    def deadline(self) -> int | None:
        """Return the moment at which the first open round ends, None while there is none."""
        return self.ends_at(min(self.open)) if self.open else None

    def _full(self) -> Iterator[Round]:
        """Yield the rounds for which no symbol's bar can come any more."""
        slowest = min(self.newest.values())
        for open_at in sorted(self.open):
            if open_at <= slowest:
                yield self._ended(open_at)

    def _ended(self, open_at: int) -> Round:
        bars = self.open.pop(open_at)
        self.over = max(self.over, open_at)
        return Round(open_at, bars, tuple(symbol for symbol in self.newest if symbol not in bars))


async def rounds(feed: Feed, symbols: Iterable[str], timeframe: int, wait: int) -> AsyncGenerator[Told]:
    """Yield the rounds of a feed's bars, and its other events between them, for as long as it goes on.

    Which bars a round has follows from the moments at which the feed heard them, not from how quick the reader is.
    """
    gathering = Rounds(symbols, timeframe, wait)
    while True:
        event = await _next(feed, gathering.deadline())
        told: Iterable[Told] = (
            gathering.until(feed.now()) if event is None else gathering.take(event, feed.venue_time(event.heard_at))
        )
        for each in told:
            yield each


async def _next(feed: Feed, deadline: int | None) -> Heard | None:
    """Return the next event, or None when there is none before the deadline."""
    seconds = None if deadline is None else max(0.0, (deadline - feed.now()) / 1000)
    try:
        async with asyncio.timeout(seconds):
            return await anext(feed)
    except TimeoutError:
        return None
