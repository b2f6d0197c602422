"""Kaufman's efficiency ratio, which kama is steered by."""

from math import isfinite, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.mom import State as Mom
from cryptoflow.plugins.indicators.mom import step as mom
from cryptoflow.plugins.indicators.sum import State as Sum
from cryptoflow.plugins.indicators.sum import slide as total
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The ratio, count and place of the values held, and the sum of their moves: total, count, place and zeros."""

    value: float = nan
    n: int = 0
    at: int = 0
    moved: float = 0.0
    moved_n: int = 0
    moved_at: int = 0
    idle: int = 0
    last: float = nan


START = State()


def step(state: State, ring: Ring, x: float, period: float) -> State:
    """Move the ratio by one bar; the ring holds the values, then the moves between them.

    >>> state, ring = State(), [nan] * 4
    >>> for x in (10.0, 13.0, 12.0):
    ...     state = step(state, ring, x, 2)
    >>> state.value  # 2 further after moves of 3 and 1
    0.5
    """
    if not isfinite(x):
        return START
    way = mom(Mom(nan, nan, state.n, state.at), ring, x, period)
    if not isfinite(state.last):
        return State(nan, way.n, way.at, 0.0, 0, 0, 0, x)
    moved = Sum(nan, state.moved, state.moved_n, state.moved_at, state.idle)
    moved = total(moved, ring, int(period), abs(x - state.last), period)
    value = ratio(abs(way.value), moved.value)
    return State(value, way.n, way.at, moved.total, moved.n, moved.at, moved.idle, x)


@indicator("efficiency")
class Efficiency(Indicator):
    """Efficiency ratio: how straight the way was, 0 (back where it began) to 1 (no detour); NaN without a move.

    Formula: abs(x - x[period]) / sum(abs(x - x[1]), period)
    Warm-up: period + 1 bars.
    Reference: TA-Lib ER (which says 1 where nothing has moved).
    """

    group = "statistics"
    inputs = ("x",)
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(10, description="bars of the way")

    def warmup(self) -> int:
        """The bars of the way, and the one it starts from."""
        return self.period + 1

    def memory(self) -> int:
        """Values and moves."""
        return 2 * self.period
