"""Hull's moving average."""

from math import isqrt, nan, sqrt
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.wma import State as Wma
from cryptoflow.plugins.indicators.wma import slide as wma
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The value, then the sums, count and place of the whole, the half and the last, smoothing window."""

    value: float = nan
    whole_weighted: float = 0.0
    whole_total: float = 0.0
    whole_n: int = 0
    whole_at: int = 0
    half_weighted: float = 0.0
    half_total: float = 0.0
    half_n: int = 0
    half_at: int = 0
    last_weighted: float = 0.0
    last_total: float = 0.0
    last_n: int = 0
    last_at: int = 0


def step(state: State, ring: Ring, x: float, period: float) -> State:
    """Move the three windows by one bar; the ring holds the whole one, then the half, then the last.

    On a straight line it has no lag to speak of:

    >>> state, ring = State(), [nan] * 8
    >>> for x in (1.0, 2.0, 3.0, 4.0, 5.0, 6.0):
    ...     state = step(state, ring, x, 4)
    ...     print(round(state.value, 9))
    nan
    nan
    nan
    nan
    5.0
    6.0
    """
    half, last = float(int(period / 2)), float(int(sqrt(period)))
    w = Wma(nan, state.whole_weighted, state.whole_total, state.whole_n, state.whole_at)
    h = Wma(nan, state.half_weighted, state.half_total, state.half_n, state.half_at)
    s = Wma(nan, state.last_weighted, state.last_total, state.last_n, state.last_at)
    w = wma(w, ring, 0, x, period)
    h = wma(h, ring, int(period), x, half)
    s = wma(s, ring, int(period) + int(half), 2 * h.value - w.value, last)
    return State(
        *(s.value, w.weighted, w.total, w.n, w.at),
        *(h.weighted, h.total, h.n, h.at),
        *(s.weighted, s.total, s.n, s.at),
    )


@indicator("hma")
class Hma(Indicator):
    """Hull moving average: twice a fast weighted average less a slow one, smoothed a little.

    Formula: wma(2 * wma(x, period / 2) - wma(x, period), sqrt(period)), both windows rounded down
    Warm-up: period + sqrt(period) - 1 bars.
    Reference: TA-Lib HMA.
    """

    group = "averages"
    inputs = ("x",)
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, ge=2, description="bars in the longest window")

    def warmup(self) -> int:
        """Bars until both windows are full, one after the other."""
        return self.period + isqrt(self.period) - 1

    def memory(self) -> int:
        """The three windows side by side."""
        return self.period + self.period // 2 + isqrt(self.period)
