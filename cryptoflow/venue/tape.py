"""A symbol's market from its first bar to its last, in whole steps, with a number for every tick there will be."""

from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from cryptoflow.noise import Integers, key
from cryptoflow.venue.listing import Listing
from cryptoflow.venue.path import Bar, Path, Tick, high_first, path
from cryptoflow.venue.series import Series, Terms, decimals_of

APART = 10_000
"""A level of the book lies this part of the price behind the one before it."""

KEPT = 6
"""Paths of bars that are remembered: those being played and those just asked for."""

EVERY = 2**62


class Grid(NamedTuple):
    """How a symbol's book is spaced and filled, in whole steps."""

    step: int
    spread: int
    usual: int


class Tape:
    """Bars in whole steps; ticks are made when they are asked for, the same ones every time.

    Prices and volumes are kept in the finest step the data needs, so that what is played is exactly what was given.
    """

    def __init__(self, series: Series, terms: Terms, *, seed: int, ticks: int, insist: bool = False) -> None:
        """Take bars; each gets `ticks` ticks, fewer where it has too few lots unless `insist`ed on."""
        prices = (series.open, series.high, series.low, series.close)
        finest = max(decimals_of(column, terms.tick) for column in prices)
        steps = 10.0**finest
        self.frame = series.timeframe
        self.open_at = np.ascontiguousarray(series.open_at, np.int64)
        self.open, self.high, self.low, self.close = (np.rint(column * steps).astype(np.int64) for column in prices)
        grain = decimals_of(series.volume, terms.lot)
        self.listing = Listing(
            series.symbol,
            tick=Decimal(str(terms.tick)),
            lot=Decimal(str(terms.lot)),
            least=Decimal(str(terms.least)),
            price_decimals=finest,
            quantity_decimals=grain,
            maker=terms.maker,
            taker=terms.taker,
        )
        self.stream = key(seed, series.symbol, "path")
        self.book_stream = key(seed, series.symbol, "book")
        volume = np.rint(series.volume * 10.0**grain).astype(np.int64)
        self.count, self.volume = self._counted(volume, ticks, insist=insist)
        self.first = np.concatenate(([1], 1 + np.cumsum(self.count)))[:-1].astype(np.int64)
        self.last = self.first + self.count - 1
        step = max(1, int(self.open[0]) // APART)
        self.grid = Grid(step, max(1, step // 4), max(10, int(self.volume.mean()) // 20))
        self._paths: dict[int, Path] = {}

    def _counted(self, volume: Integers, ticks: int, *, insist: bool) -> tuple[Integers, Integers]:
        """How many ticks each bar has, and how many lots: at least one per tick."""
        up = high_first(self.stream, self.open_at).astype(bool)
        one, other = np.where(up, self.high, self.low), np.where(up, self.low, self.high)
        turns = 1 + (one != self.open) + (other != one) + (self.close != other)
        idle = (volume == 0) & (self.high == self.low)
        count = np.maximum(np.full_like(volume, ticks) if insist else np.minimum(ticks, volume), turns)
        count = np.where(idle, 0, count).astype(np.int64)
        return count, np.maximum(volume, count)

    def __len__(self) -> int:
        return len(self.open_at)

    def ends(self) -> tuple[int, int]:
        """Return when the first bar opens and when the last one is over."""
        return int(self.open_at[0]), int(self.open_at[-1]) + self.frame

    def row(self, at: int) -> int:
        """Return the last bar that opens at or before `at`; -1 for none."""
        return int(np.searchsorted(self.open_at, at, side="right")) - 1

    def bar(self, row: int) -> Bar:
        """Return a bar in whole steps."""
        columns: tuple[Any, ...] = (self.open, self.high, self.low, self.close, self.volume)
        return Bar(int(self.open_at[row]), self.frame, *(int(column[row]) for column in columns))

    def path(self, row: int) -> Path:
        """Return the ticks of a bar as columns."""
        found = self._paths.get(row)
        if found is None:
            while len(self._paths) >= KEPT:
                del self._paths[next(iter(self._paths))]
            found = self._paths[row] = path(self.bar(row), int(self.count[row]), self.stream)
        return found

    def inside(self, row: int, first: int = 0, last: int = EVERY) -> list[Tick]:
        """Return the ticks of a bar, from the place `first` in it up to, not including, `last`."""
        return self.path(row).ticks(int(self.first[row]), first, last) if self.count[row] else []

    def played(self, at: int) -> int:
        """Return the number of the last tick at or before `at`; 0 for none."""
        row = self.row(at)
        if row < 0:
            return 0
        before = int(self.first[row]) - 1
        if not self.count[row] or at >= int(self.open_at[row]) + self.frame:
            return before + int(self.count[row])
        return before + int(np.searchsorted(self.path(row).at, at, side="right"))

    def home(self, number: int) -> int:
        """Return the bar that a tick lies in."""
        return int(np.searchsorted(self.first, number, side="right")) - 1

    def tick(self, number: int) -> Tick:
        """Return a tick by its number."""
        return self.ticks(number, number)[0]

    def ticks(self, first: int, last: int) -> list[Tick]:
        """Return the ticks from number `first` up to and with `last`."""
        found: list[Tick] = []
        for row in range(self.home(first), self.home(last) + 1):
            start = int(self.first[row])
            found += self.inside(row, max(first - start, 0), last - start + 1)
        return found
