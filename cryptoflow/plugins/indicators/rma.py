"""Wilder's moving average, which rsi, atr and adx are made of."""

from math import isfinite, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.kinds import WILDER, Indicator, Lookback
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The average as of this bar, as last known, and how many values it has seen, at most `period`."""

    value: float = nan
    mean: float = 0.0
    n: int = 0


def step(state: State, x: float, period: float) -> State:
    """Move the average by one bar; the first `period` values count alike, which seeds it with their mean.

    >>> state = State()
    >>> for x in (1.0, 3.0, 4.0):
    ...     state = step(state, x, 2)
    ...     print(state.value)
    nan
    2.0
    3.0
    """
    if not isfinite(x):
        return State(nan, state.mean, state.n)
    n = state.n + 1 if state.n < period else state.n
    mean = state.mean + (x - state.mean) / n
    return State(mean if n >= period else nan, mean, n)


@indicator("rma")
class Rma(Indicator):
    """Wilder's moving average: each bar moves it by 1 / period of the way to the new value.

    Formula: rma[1] + (x - rma[1]) / period, starting from the mean of the first `period` values
    Warm-up: 20 x period bars, because it fades half as fast as an ema of that period.
    Reference: TA-Lib RMA.
    """

    group = "averages"
    inputs = ("x",)
    settle = WILDER
    State = State
    step = staticmethod(step)

    period: Lookback = Field(14, description="bars the average looks back")
