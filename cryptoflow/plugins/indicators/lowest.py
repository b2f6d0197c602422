"""The lowest value of a window."""

from math import isfinite, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The lowest value, its place in the ring, how many values are held, and the next one's place."""

    value: float = nan
    bottom: int = 0
    n: int = 0
    at: int = 0


START = State()


def slide(state: State, ring: Ring, first: int, x: float, period: float) -> State:
    """Let `x` into the window that lies in the ring from `first` on; search it only if its lowest leaves."""
    if not isfinite(x):
        return START
    at, n, bottom = state.at, state.n, state.bottom
    lower = n == 0 or x <= ring[first + bottom]
    leaves = n >= period and bottom == at
    ring[first + at] = x
    if lower:
        bottom = at
    elif leaves:
        for i in range(int(period)):
            if ring[first + i] < ring[first + bottom]:
                bottom = i
    if n < period:
        n += 1
    at += 1
    if at >= period:
        at = 0
    return State(ring[first + bottom] if n >= period else nan, bottom, n, at)


def step(state: State, ring: Ring, x: float, period: float) -> State:
    """Move the window by one bar.

    >>> state, ring = State(), [nan] * 2
    >>> for x in (1.0, 3.0, 2.0, 3.0):
    ...     state = step(state, ring, x, 2)
    ...     print(state.value)
    nan
    1.0
    2.0
    2.0
    """
    return slide(state, ring, 0, x, period)


@indicator("lowest")
class Lowest(Indicator):
    """The lowest of the last `period` values, this one included.

    Formula: min(x, x[1], ..., x[period - 1])
    Warm-up: period bars.
    Reference: TA-Lib MIN.
    """

    group = "statistics"
    inputs = ("x",)
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, description="bars in the window")
