"""Kaufman's adaptive moving average."""

from math import isfinite, isnan, nan
from typing import NamedTuple, Self

from pydantic import Field, model_validator

from cryptoflow.plugins.indicators.efficiency import State as Efficiency
from cryptoflow.plugins.indicators.efficiency import step as efficiency
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The average as of this bar and as last known, and the windows of the efficiency ratio."""

    value: float = nan
    mean: float = nan
    n: int = 0
    at: int = 0
    moved: float = 0.0
    moved_n: int = 0
    moved_at: int = 0
    idle: int = 0
    last: float = nan


def step(state: State, ring: Ring, x: float, period: float, fast: float, slow: float) -> State:
    """Move the average by one bar; it starts from the value before the first whose efficiency is known.

    >>> state, ring = State(), [nan] * 4
    >>> for x in (10.0, 13.0, 12.0):
    ...     state = step(state, ring, x, 2, 1, 3)
    >>> state.value  # an efficiency of 0.5 is half way from 0.5 to 1: from 13 by 0.75 * 0.75 of the way to 12
    12.4375
    """
    if not isfinite(x):
        return State(
            *(nan, state.mean, state.n, state.at, state.moved),
            *(state.moved_n, state.moved_at, state.idle, state.last),
        )
    past = Efficiency(nan, state.n, state.at, state.moved, state.moved_n, state.moved_at, state.idle, state.last)
    way = efficiency(past, ring, x, period)
    mean = state.mean
    if way.moved_n >= period:
        if isnan(mean):
            mean = state.last
        straight = 0.0 if isnan(way.value) else way.value
        pace = straight * (2 / (fast + 1) - 2 / (slow + 1)) + 2 / (slow + 1)
        mean += (x - mean) * (pace * pace)
    return State(mean, mean, way.n, way.at, way.moved, way.moved_n, way.moved_at, way.idle, way.last)


@indicator("kama")
class Kama(Indicator):
    """Kaufman's adaptive moving average: quick where the market goes straight, still where it only swings.

    Formula: kama[1] + (x - kama[1]) * pace * pace, pace from 2 / (slow + 1) to 2 / (fast + 1) by efficiency(period)
    Warm-up: 10 x period + 20 x slow bars, what swinging markets need; values from period + 1 on.
    Reference: TA-Lib KAMA (which takes the fast pace where nothing has moved, ours the slow one).
    """

    group = "averages"
    inputs = ("x",)
    windowed = True
    fades = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(10, description="bars of the way whose efficiency counts")
    fast: Lookback = Field(2, description="bars of the average where the market goes straight")
    slow: Lookback = Field(30, description="bars of the average where it only swings")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.fast >= self.slow:
            raise ValueError(f"fast is {self.fast}, but must be below slow, which is {self.slow}")
        return self

    def warmup(self) -> int:
        """Bars until the average of a swinging market has forgotten its start."""
        return 10 * self.period + 20 * self.slow

    def memory(self) -> int:
        """Values and moves."""
        return 2 * self.period
