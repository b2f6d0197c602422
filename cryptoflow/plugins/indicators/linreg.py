"""The straight line of least squares, and its slope."""

from math import isnan, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.wma import State as Wma
from cryptoflow.plugins.indicators.wma import step as wma
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """Where the line ends and how it climbs, and the weighted and plain sums, count and place."""

    value: float = nan
    slope: float = nan
    weighted: float = 0.0
    total: float = 0.0
    n: int = 0
    at: int = 0


def step(state: State, ring: Ring, x: float, period: float) -> State:
    """Move the window by one bar and lay the line through it.

    >>> state, ring = State(), [nan] * 3
    >>> for x in (1.0, 1.0, 4.0):
    ...     state = step(state, ring, x, 3)
    >>> state.value, state.slope
    (3.5, 1.5)
    """
    sums = wma(Wma(nan, state.weighted, state.total, state.n, state.at), ring, x, period)
    if isnan(sums.value):
        return State(nan, nan, sums.weighted, sums.total, sums.n, sums.at)
    off_centre = sums.weighted - sums.total * ((period + 1) / 2)
    slope = off_centre / (period * (period * period - 1) / 12)
    value = sums.total / period + slope * ((period - 1) / 2)
    return State(value, slope, sums.weighted, sums.total, sums.n, sums.at)


@indicator("linreg")
class Linreg(Indicator):
    """Linear regression: where the straight line through the last `period` values ends, and its `slope`.

    Formula: mean + slope * (period - 1) / 2
    Warm-up: period bars.
    Reference: TA-Lib LINEARREG, LINEARREG_SLOPE.
    """

    group = "statistics"
    inputs = ("x",)
    outputs = ("value", "slope")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(14, ge=2, description="bars in the window")
