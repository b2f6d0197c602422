"""Elder's force index."""

from math import isfinite, isnan, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.ema import State as Ema
from cryptoflow.plugins.indicators.ema import step as ema
from cryptoflow.plugins.kinds import RECURSIVE, Indicator, Lookback
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The index as of this bar and as last known, and the last close."""

    value: float = nan
    mean: float = nan
    close: float = nan


def step(state: State, close: float, volume: float, period: float) -> State:
    """Move the index by one bar.

    >>> state = step(step(State(), 10.0, 5.0, 3), 12.0, 5.0, 3)
    >>> step(state, 11.0, 4.0, 3).value  # half way from 10 to -4
    3.0
    """
    if not (isfinite(close) and isfinite(volume)):
        return State(nan, state.mean, state.close)
    if isnan(state.close):
        return State(nan, state.mean, close)
    force = ema(Ema(nan, state.mean), (close - state.close) * volume, period)
    return State(force.value, force.mean, close)


@indicator("force")
class Force(Indicator):
    """Force index: how far the price is moved and by how much volume, on average.

    Formula: ema((close - close[1]) * volume, period)
    Warm-up: 12 x period bars.
    Reference: TA-Lib EFI (which starts from a simple average).
    """

    group = "volume"
    columns = ("close", "volume")
    settle = RECURSIVE + 2
    State = State
    step = staticmethod(step)

    period: Lookback = Field(13, description="bars the average looks back")
