"""The simple moving average, and the running sum that others build on."""

from math import isfinite, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The mean, the sum of the `n` values held, and where in the ring the next one goes."""

    value: float = nan
    total: float = 0.0
    n: int = 0
    at: int = 0


START = State()


def slide(state: State, ring: Ring, first: int, x: float, period: float) -> State:
    """Let `x` into the window that lies in the ring from `first` on, and the oldest value out."""
    if not isfinite(x):
        return START
    at, n, total = state.at, state.n, state.total + x
    if n < period:
        n += 1
    else:
        total -= ring[first + at]
    ring[first + at] = x
    at += 1
    if at >= period:  # once around: sum afresh, so that rounding never piles up
        at, total = 0, 0.0
        for i in range(int(period)):
            total += ring[first + i]
    return State(total / period if n >= period else nan, total, n, at)


def step(state: State, ring: Ring, x: float, period: float) -> State:
    """Move the mean by one bar.

    >>> state, ring = State(), [nan] * 3
    >>> for x in (1.0, 2.0, 6.0, 10.0):
    ...     state = step(state, ring, x, 3)
    ...     print(state.value)
    nan
    nan
    3.0
    6.0
    """
    return slide(state, ring, 0, x, period)


@indicator("sma")
class Sma(Indicator):
    """Simple moving average: the mean of the last `period` values.

    Formula: (x + x[1] + ... + x[period - 1]) / period
    Warm-up: period bars.
    Reference: TA-Lib SMA.
    """

    group = "averages"
    inputs = ("x",)
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, description="bars in the window")
