"""Chaikin's oscillator."""

from math import isfinite, nan
from typing import NamedTuple, Self

from pydantic import Field, model_validator

from cryptoflow.plugins.indicators.ad import flow
from cryptoflow.plugins.indicators.ema import State as Ema
from cryptoflow.plugins.indicators.ema import step as ema
from cryptoflow.plugins.kinds import RECURSIVE, Indicator, Lookback
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The oscillator, the line, and both averages counted from the line."""

    value: float = nan
    total: float = 0.0
    quick: float = nan
    calm: float = nan


def step(state: State, high: float, low: float, close: float, volume: float, fast: float, slow: float) -> State:
    """Move both averages by one bar.

    >>> state = step(State(), 12.0, 8.0, 12.0, 4.0, 1, 3)
    >>> step(state, 12.0, 8.0, 12.0, 4.0, 1, 3).value  # the line goes from 4 to 8, its calm average to 6
    2.0
    """
    moved = flow(high, low, close, volume)
    if not isfinite(moved):
        return State(nan, state.total, state.quick, state.calm)
    total = state.total + moved
    quick, calm = ema(Ema(nan, state.quick), total, fast), ema(Ema(nan, state.calm), total, slow)
    return State(quick.value - calm.value, total, quick.mean, calm.mean)


@indicator("adosc")
class Adosc(Indicator):
    """Chaikin's oscillator: how far a quick average of `ad` is ahead of a calm one.

    Formula: ema(ad, fast) - ema(ad, slow)
    Warm-up: 12 x slow bars.
    Reference: TA-Lib ADOSC.
    """

    group = "volume"
    columns = ("high", "low", "close", "volume")
    State = State
    settle = RECURSIVE + 2
    step = staticmethod(step)

    fast: Lookback = Field(3, description="bars the quick average looks back")
    slow: Lookback = Field(10, description="bars the calm average looks back")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.fast >= self.slow:
            raise ValueError(f"fast is {self.fast}, but must be below slow, which is {self.slow}")
        return self
