"""The exponential moving average."""

from math import isfinite, isnan, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.kinds import Indicator, Lookback
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The average as of this bar, and as last known."""

    value: float = nan
    mean: float = nan


def step(state: State, x: float, period: float) -> State:
    """Move the average by one bar; the first value is its own average.

    >>> step(step(State(), 10.0, 3), 14.0, 3).value
    12.0
    """
    if not isfinite(x):
        return State(nan, state.mean)
    mean = x if isnan(state.mean) else state.mean + (x - state.mean) * (2 / (period + 1))
    return State(mean, mean)


@indicator("ema")
class Ema(Indicator):
    """Exponential moving average: each bar moves it by 2 / (period + 1) of the way to the new value.

    Formula: ema[1] + (x - ema[1]) * 2 / (period + 1); the first value is its own average
    Warm-up: 10 x period bars.
    Reference: TA-Lib EMA (which starts from a simple average).
    """

    group = "averages"
    inputs = ("x",)
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, description="bars the average looks back")
