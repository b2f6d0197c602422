"""Prices in whole ticks and volumes in whole lots, so that adding them up is exact."""

from typing import NamedTuple

import numpy as np

from cryptoflow.market.bars import Times

LOTS = 100_000.0
"""Lots in one unit of the base currency."""


class Path(NamedTuple):
    """Bars as integer columns: times in milliseconds, prices in ticks, volume in lots."""

    open_at: Times
    open: Times
    high: Times
    low: Times
    close: Times
    volume: Times

    def between(self, start: int, end: int) -> "Path":
        """Return the bars that open at or after `start` and before `end`."""
        first, last = np.searchsorted(self.open_at, [start, end])
        return Path(*(column[first:last] for column in self))

    def fold(self, timeframe: int, offset: int = 0) -> "Path":
        """Return the bars of a longer timeframe that these add up to; where nothing is, there is no bar."""
        frame = (self.open_at - offset) // timeframe
        heads = np.flatnonzero(np.diff(frame, prepend=frame[:1] - 1))
        if len(heads) == len(frame):
            return self
        tails = np.append(heads[1:], len(frame)) - 1
        return Path(
            frame[heads] * timeframe + offset,
            self.open[heads],
            np.maximum.reduceat(self.high, heads),
            np.minimum.reduceat(self.low, heads),
            self.close[tails],
            np.add.reduceat(self.volume, heads),
        )
