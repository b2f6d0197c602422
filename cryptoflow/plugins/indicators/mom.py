"""Momentum, and the window of one delayed value that roc shares."""

from math import isfinite, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The change, the value it is counted from, how many values are held, and the next one's place."""

    value: float = nan
    past: float = nan
    n: int = 0
    at: int = 0


START = State()


def step(state: State, ring: Ring, x: float, period: float) -> State:
    """Move the window by one bar.

    >>> state, ring = State(), [nan] * 2
    >>> for x in (3.0, 4.0, 8.0):
    ...     state = step(state, ring, x, 2)
    ...     print(state.value)
    nan
    nan
    5.0
    """
    if not isfinite(x):
        return START
    at, n = state.at, state.n
    past = ring[at] if n >= period else nan
    ring[at] = x
    if n < period:
        n += 1
    at += 1
    if at >= period:
        at = 0
    return State(x - past, past, n, at)


@indicator("mom")
class Mom(Indicator):
    """Momentum: by how much a value has changed over `period` bars.

    Formula: x - x[period]
    Warm-up: period + 1 bars.
    Reference: TA-Lib MOM.
    """

    group = "oscillators"
    inputs = ("x",)
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(10, description="bars between the two values")

    def warmup(self) -> int:
        """The bars between, and this one."""
        return self.period + 1
