"""Bars built from ticks: the venue's own, of a market whose ticks have all been heard."""

from collections.abc import Iterator

from cryptoflow.domain.ticks import Closed, Tick
from cryptoflow.market.times import grid_offset

PARTS = 100_000_000
"""Volumes are added up as whole numbers of such parts of a coin: exact, where a sum of floats is not."""


class Builder:
    """Bars of one symbol and timeframe. A bar in which nothing traded is not there; one of which a tick may be
    missing, like the one in which the listening began, is not told.
    """

    def __init__(self, symbol: str, timeframe: int) -> None:
        self.symbol, self.timeframe = symbol, timeframe
        self.offset = grid_offset(timeframe)
        self.open_at = self.end = 0
        self.open = self.high = self.low = self.close = 0.0
        self.volume = 0
        self.whole = False
        self.unbroken = False
        self.late = 0

    def take(self, tick: Tick) -> Iterator[Closed]:
        """Take a tick in, and return the bar that it closes by being of a later one."""
        if tick.at >= self.end:
            yield from self.until(tick.at, tick.heard_at)
            self._begin(tick)
        elif tick.at < self.open_at or not self.volume:
            self.late += 1
            return
        if tick.price > self.high:
            self.high = tick.price
        if tick.price < self.low:
            self.low = tick.price
        self.close = tick.price
        self.volume += round(tick.quantity * PARTS)
        self.unbroken = True

    def until(self, at: int, heard_at: int) -> Iterator[Closed]:
        """Return the bar that has closed by the venue's moment `at`, whether a later tick has come or not."""
        if self.volume and at >= self.end:
            if self.whole:
                prices = self.open, self.high, self.low, self.close
                yield Closed(self.symbol, self.timeframe, self.open_at, *prices, self.volume / PARTS, heard_at)
            self.volume = 0

    def lose(self) -> None:
        """Learn that ticks are lost between the last one taken and the next: neither's bar can be whole."""
        self.whole = self.unbroken = False

    def _begin(self, tick: Tick) -> None:
        self.open_at = tick.at - (tick.at - self.offset) % self.timeframe
        self.end = self.open_at + self.timeframe
        self.open = self.high = self.low = tick.price
        self.whole = self.unbroken
