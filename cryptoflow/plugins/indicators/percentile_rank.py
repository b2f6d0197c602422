"""The rank of a value among those before it."""

from math import isfinite, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The rank, how many values are held, and the next one's place."""

    value: float = nan
    n: int = 0
    at: int = 0


START = State()


def step(state: State, ring: Ring, x: float, period: float) -> State:
    """Rank `x` among the values held, then let it in.

    >>> state, ring = State(), [nan] * 4
    >>> for x in (1.0, 2.0, 3.0, 4.0, 3.0):
    ...     state = step(state, ring, x, 4)
    >>> state.value  # three of the four before are not above it
    75.0
    """
    if not isfinite(x):
        return START
    at, n, value = state.at, state.n, nan
    if n < period:
        n += 1
    else:
        below = 0
        for i in range(int(period)):
            if ring[i] <= x:
                below += 1
        value = 100 * below / period
    ring[at] = x
    at += 1
    if at >= period:
        at = 0
    return State(value, n, at)


@indicator("percentile_rank")
class PercentileRank(Indicator):
    """Percentile rank: how many percent of the `period` values before are not above this one.

    Formula: 100 * count(x[i] <= x for i in 1..period) / period
    Warm-up: period + 1 bars.
    Reference: TA-Lib PERCENTRANK (which leaves out equals: ours is 100 less theirs of -x).
    """

    group = "statistics"
    inputs = ("x",)
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(100, description="bars to compare with")

    def warmup(self) -> int:
        """The bars to compare with, and this one."""
        return self.period + 1
