"""The vortex lines."""

from math import isfinite, isnan, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.sum import State as Sum
from cryptoflow.plugins.indicators.sum import slide as total
from cryptoflow.plugins.indicators.true_range import spread
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """Both lines, the sums of moves up, moves down and ranges with their zeros, count and place, and the last bar."""

    plus: float = nan
    minus: float = nan
    up: float = 0.0
    down: float = 0.0
    reach: float = 0.0
    n: int = 0
    at: int = 0
    up_idle: int = 0
    down_idle: int = 0
    reach_idle: int = 0
    high: float = nan
    low: float = nan
    close: float = nan


START = State()


def step(state: State, ring: Ring, high: float, low: float, close: float, period: float) -> State:
    """Move both lines by one bar; the ring holds the moves up, the moves down and the true ranges.

    >>> state, ring = State(), [nan] * 3
    >>> state = step(state, ring, 9.0, 7.0, 8.0, 1)
    >>> step(state, ring, 12.0, 10.0, 11.0, 1)[:2]  # 5 up from the low and 1 from the high, of a range of 4
    (1.25, 0.25)
    """
    if not (isfinite(high) and isfinite(low) and isfinite(close)):
        return START
    if isnan(state.close):
        return State(nan, nan, 0.0, 0.0, 0.0, 0, 0, 0, 0, 0, high, low, close)
    n, at, size = state.n, state.at, int(period)
    up = total(Sum(nan, state.up, n, at, state.up_idle), ring, 0, abs(high - state.low), period)
    down = total(Sum(nan, state.down, n, at, state.down_idle), ring, size, abs(low - state.high), period)
    now = spread(high, low, state.close)
    reach = total(Sum(nan, state.reach, n, at, state.reach_idle), ring, 2 * size, now, period)
    return State(
        *(ratio(up.value, reach.value), ratio(down.value, reach.value), up.total, down.total, reach.total),
        *(up.n, up.at, up.idle, down.idle, reach.idle),
        *(high, low, close),
    )


@indicator("vortex")
class Vortex(Indicator):
    """Vortex: how strongly bars reach up (`plus`) and down (`minus`) from those before; the greater is the trend.

    Without a range both are NaN.

    Formula: plus = sum(abs(high - low[1])) / sum(true_range), minus = sum(abs(low - high[1])) / sum(true_range)
    Warm-up: period + 1 bars.
    Reference: TA-Lib VORTEX (which says 0 without a range).
    """

    group = "trend"
    columns = ("high", "low", "close")
    outputs = ("plus", "minus")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(14, description="bars in the window")

    def warmup(self) -> int:
        """The window, and the bar its first move starts from."""
        return self.period + 1

    def memory(self) -> int:
        """Moves up, moves down and ranges."""
        return 3 * self.period
