"""The sum of a window, which stays exact where nothing happens."""

from math import isfinite, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The sum of a full window, that of the `n` values held, the next one's place, and the zeros in a row."""

    value: float = nan
    total: float = 0.0
    n: int = 0
    at: int = 0
    idle: int = 0


START = State()


def slide(state: State, ring: Ring, first: int, x: float, period: float) -> State:
    """Let `x` into the window that lies in the ring from `first` on, and the oldest value out."""
    if not isfinite(x):
        return START
    at, n, total = state.at, state.n, state.total + x
    idle = state.idle + 1 if x == 0.0 else 0
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
    if idle >= n:  # a window of zeros sums to exactly nothing; crumbs of what left would look like movement
        total = 0.0
    return State(total if n >= period else nan, total, n, at, idle)


def step(state: State, ring: Ring, x: float, period: float) -> State:
    """Move the sum by one bar.

    >>> state, ring = State(), [nan] * 2
    >>> for x in (1.0, 2.0, 5.0):
    ...     state = step(state, ring, x, 2)
    ...     print(state.value)
    nan
    3.0
    7.0
    """
    return slide(state, ring, 0, x, period)


@indicator("sum")
class Sum(Indicator):
    """Sum of the last `period` values.

    `sum(if_else(close > open, 1, 0), 20)` counts the bars on which a flag was true.

    Formula: x + x[1] + ... + x[period - 1]
    Warm-up: period bars.
    Reference: TA-Lib SUM.
    """

    group = "statistics"
    inputs = ("x",)
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, description="bars in the window")
