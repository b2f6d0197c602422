"""Higher timeframes in the batch driver: one compiled pass over base bars, resumed where the last block ended."""

from functools import cache
from typing import Any

import numpy as np

from cryptoflow.domain.timeframes import Growing, belongs, is_full, take
from cryptoflow.engine.batch.compile import Plain, compiled, prepare
from cryptoflow.engine.memory import rows
from cryptoflow.engine.plan import Columns

SOURCE = """\
def resample(grown, base, duration, open_at, open_, high, low, close, volume, known_at, out):
    growing = grown[0]
    count = 0
    for i in range(len(open_at)):
        close_at = open_at[i] + base
        if growing.bars > 0 and not belongs(growing, open_at[i], duration):
            count = emit(growing, close_at, known_at, out, count)
        take(growing, open_at[i], open_[i], high[i], low[i], close[i], volume[i])
        if is_full(close_at, duration):
            count = emit(growing, close_at, known_at, out, count)
    return count
"""


def emit(growing: Growing, close_at: int, known_at: Any, out: Any, count: int) -> int:
    """Write the grown bar out as known at `close_at`, and begin anew."""
    known_at[count] = close_at
    out[0, count] = growing.open
    out[1, count] = growing.high
    out[2, count] = growing.low
    out[3, count] = growing.close
    out[4, count] = growing.volume
    growing.bars = 0
    return count + 1


@cache
def resample() -> Plain:
    """Return the compiled pass."""
    parts = {part.__name__: prepare(part) for part in (belongs, emit, is_full, take)}
    return compiled("resample", SOURCE, parts, [])


class Resampler:
    """The bars of one symbol in one higher timeframe, block by block."""

    def __init__(self, base: int, duration: int) -> None:
        self.base, self.duration = base, duration
        self.growing = rows(Growing, [Growing()])

    def over(self, columns: Columns) -> Columns:
        """Return the higher bars that become known within these base bars; their `open_at` is when they are known."""
        size = 2 * len(columns.open_at) + 1
        known_at, out = np.empty(size, dtype=np.int64), np.empty((5, size))
        count = resample()(self.growing, self.base, self.duration, *columns, known_at, out)
        return Columns(known_at[:count], *out[:, :count])
