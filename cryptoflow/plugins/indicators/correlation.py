"""Pearson's correlation of two series."""

from math import isfinite, nan, sqrt
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The correlation, how many pairs are held, and the next one's place."""

    value: float = nan
    n: int = 0
    at: int = 0


START = State()


def step(state: State, ring: Ring, x: float, y: float, period: float) -> State:
    """Move the window by one bar; the ring holds the x, then the y.

    The moments are summed afresh on each bar: kept ones would leave crumbs of movement in a flat window.

    >>> state, ring = State(), [nan] * 6
    >>> for x, y in ((1.0, 5.0), (2.0, 3.0), (3.0, 1.0)):
    ...     state = step(state, ring, x, y, 3)
    >>> round(state.value, 9)
    -1.0
    """
    if not (isfinite(x) and isfinite(y)):
        return START
    at, n, size = state.at, state.n, int(period)
    ring[at], ring[size + at] = x, y
    if n < period:
        n += 1
    at += 1
    if at >= period:
        at = 0
    if n < period:
        return State(nan, n, at)
    mean_x = mean_y = 0.0
    for i in range(size):
        mean_x += ring[i]
        mean_y += ring[size + i]
    mean_x /= period
    mean_y /= period
    xx = xy = yy = 0.0
    for i in range(size):
        dx, dy = ring[i] - mean_x, ring[size + i] - mean_y
        xx += dx * dx
        xy += dx * dy
        yy += dy * dy
    return State(ratio(xy, sqrt(xx) * sqrt(yy)), n, at)


@indicator("correlation")
class Correlation(Indicator):
    """Pearson's correlation of two series over the last `period` bars, -1 to 1; NaN where one is flat.

    Two prices that only drift look related; correlate changes, as in `correlation(roc(close, 1), ...)`.

    Formula: sum((x - mean(x)) * (y - mean(y))) / sqrt(sum of squares of x * sum of squares of y)
    Warm-up: period bars.
    Reference: TA-Lib CORREL (which says 0 where one is flat).
    """

    group = "statistics"
    inputs = ("x", "y")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(30, ge=2, description="bars in the window")

    def memory(self) -> int:
        """Both values of each bar."""
        return 2 * self.period
