"""Beta of one series to another."""

from math import isfinite, isnan, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The beta, how many pairs of changes are held, the next one's place, and the last values."""

    value: float = nan
    n: int = 0
    at: int = 0
    x: float = nan
    y: float = nan


START = State()


def step(state: State, ring: Ring, x: float, y: float, period: float) -> State:
    """Move the window by one bar; the ring holds the changes of x, then those of y, all as shares.

    The moments are summed afresh on each bar: kept ones would leave crumbs of movement in a flat window.

    >>> state, ring = State(), [nan] * 4
    >>> for x, y in ((8.0, 8.0), (12.0, 10.0), (6.0, 7.5)):
    ...     state = step(state, ring, x, y, 2)
    >>> state.value  # +50% and -50% where the other has +25% and -25%
    2.0
    """
    if not (isfinite(x) and isfinite(y)):
        return START
    if isnan(state.x):
        return State(nan, 0, 0, x, y)
    moved, market = ratio(x - state.x, state.x), ratio(y - state.y, state.y)
    if not (isfinite(moved) and isfinite(market)):
        return State(nan, 0, 0, x, y)
    at, n, size = state.at, state.n, int(period)
    ring[at], ring[size + at] = moved, market
    if n < period:
        n += 1
    at += 1
    if at >= period:
        at = 0
    if n < period:
        return State(nan, n, at, x, y)
    mean_x = mean_y = 0.0
    for i in range(size):
        mean_x += ring[i]
        mean_y += ring[size + i]
    mean_x /= period
    mean_y /= period
    xy = yy = 0.0
    for i in range(size):
        dy = ring[size + i] - mean_y
        xy += (ring[i] - mean_x) * dy
        yy += dy * dy
    return State(ratio(xy, yy), n, at, x, y)


@indicator("beta")
class Beta(Indicator):
    """Beta: by how many percent `x` usually moves when `y` moves by one; NaN where `y` moves evenly or not at all.

    With `y` of another symbol it is a coin's beta to the market: `beta(close, of("BTC/USDT", close), 30)`.

    Formula: covariance(x / x[1], y / y[1]) / variance(y / y[1]) over the last `period` changes
    Warm-up: period + 1 bars.
    Reference: TA-Lib BETA (which takes the market first, and says 0 where it does not move).
    """

    group = "statistics"
    inputs = ("x", "y")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(30, ge=2, description="changes in the window")

    def warmup(self) -> int:
        """The changes, and the bar the first starts from."""
        return self.period + 1

    def memory(self) -> int:
        """Both changes of each bar."""
        return 2 * self.period
