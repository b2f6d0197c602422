"""A symbol's bars in one timeframe, a block at a time."""

from functools import cache
from typing import Any

import numpy as np

from cryptoflow.engine.batch.compile import Plain, compiled
from cryptoflow.engine.batch.resample import Resampler
from cryptoflow.engine.plan import Columns

Array = np.ndarray[Any, Any]

LIFT = """\
def lift(carried, there, there_lasts, values, here, here_lasts, out):
    last = carried[0]
    k = 0
    for i in range(len(here)):
        now = here[i] + here_lasts
        while k < len(there) and there[k] + there_lasts <= now:
            last = values[k]
            k += 1
        out[i] = last
    if len(there) > 0:
        carried[0] = values[len(there) - 1]
"""


class Stretch:
    """One symbol's bars of one timeframe (0 is the base one) within the block at hand.

    A bar is known `lasts` after its `open_at`; that of a higher one already is when it is known.
    """

    def __init__(self, base: int, timeframe: int, size: int) -> None:
        self.base, self.timeframe = base, timeframe
        self.resampler = Resampler(base, timeframe) if timeframe else None
        self.lasts = 0 if timeframe else base
        self.room = 2 * size + 1 if timeframe else size
        self.columns: Columns
        self.count = 0

    def take(self, columns: Columns) -> None:
        """Take a block of base bars in."""
        self.columns = self.resampler.over(columns) if self.resampler else columns
        self.count = len(self.columns.open_at)


@cache
def lift() -> Plain:
    """Return the compiled pass that finds, for each bar of one stretch, the last value known of another."""
    return compiled("lift", LIFT, {}, [])
