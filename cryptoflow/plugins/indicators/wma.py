"""The linearly weighted moving average, and the weighted sum that hma, linreg and slope build on."""

from math import isfinite, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The average, the sum weighted 1 (oldest) to `n` (newest), the plain sum, and the next value's place."""

    value: float = nan
    weighted: float = 0.0
    total: float = 0.0
    n: int = 0
    at: int = 0


START = State()


def slide(state: State, ring: Ring, first: int, x: float, period: float) -> State:
    """Let `x` into the window that lies in the ring from `first` on: all older values lose one weight."""
    if not isfinite(x):
        return START
    at, n, weighted, total = state.at, state.n, state.weighted, state.total
    if n < period:
        n += 1
        weighted += n * x
        total += x
    else:
        weighted += period * x - total
        total += x - ring[first + at]
    ring[first + at] = x
    at += 1
    if at >= period:  # once around, the oldest value lies first: sum afresh, so that rounding never piles up
        at, weighted, total = 0, 0.0, 0.0
        for i in range(int(period)):
            weighted += (i + 1) * ring[first + i]
            total += ring[first + i]
    value = weighted / (period * (period + 1) / 2) if n >= period else nan
    return State(value, weighted, total, n, at)


def step(state: State, ring: Ring, x: float, period: float) -> State:
    """Move the average by one bar.

    >>> state, ring = State(), [nan] * 2
    >>> for x in (1.0, 4.0, 10.0):
    ...     state = step(state, ring, x, 2)
    ...     print(state.value)
    nan
    3.0
    8.0
    """
    return slide(state, ring, 0, x, period)


@indicator("wma")
class Wma(Indicator):
    """Weighted moving average: the newest value counts `period` times, the oldest once.

    Formula: (period * x + (period - 1) * x[1] + ... + x[period - 1]) / (period * (period + 1) / 2)
    Warm-up: period bars.
    Reference: TA-Lib WMA.
    """

    group = "averages"
    inputs = ("x",)
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, description="bars in the window")
