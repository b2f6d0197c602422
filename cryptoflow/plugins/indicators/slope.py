"""The slope of the straight line of least squares."""

from math import nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.linreg import State as Line
from cryptoflow.plugins.indicators.linreg import step as linreg
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The slope, and the weighted and plain sums, count and place of its window."""

    value: float = nan
    weighted: float = 0.0
    total: float = 0.0
    n: int = 0
    at: int = 0


def step(state: State, ring: Ring, x: float, period: float) -> State:
    """Move the window by one bar.

    >>> state, ring = State(), [nan] * 3
    >>> for x in (1.0, 1.0, 4.0):
    ...     state = step(state, ring, x, 3)
    >>> state.value
    1.5
    """
    line = linreg(Line(nan, nan, state.weighted, state.total, state.n, state.at), ring, x, period)
    return State(line.slope, line.weighted, line.total, line.n, line.at)


@indicator("slope")
class Slope(Indicator):
    """Slope: by how much per bar the straight line through the last `period` values climbs.

    Formula: 12 * sum((i - mean(i)) * x) / (period * (period * period - 1)), i counting the bars
    Warm-up: period bars.
    Reference: TA-Lib LINEARREG_SLOPE.
    """

    group = "statistics"
    inputs = ("x",)
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(14, ge=2, description="bars in the window")
