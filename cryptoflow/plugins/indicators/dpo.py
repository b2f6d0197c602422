"""The detrended price oscillator."""

from math import isnan, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.sma import State as Sma
from cryptoflow.plugins.indicators.sma import slide as sma
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The oscillator, and the sum, count and place of the window."""

    value: float = nan
    total: float = 0.0
    n: int = 0
    at: int = 0


def step(state: State, ring: Ring, x: float, period: float) -> State:
    """Move the window by one bar and compare its mean with the value in its middle.

    >>> state, ring = State(), [nan] * 3
    >>> for x in (5.0, 1.0, 3.0):
    ...     state = step(state, ring, x, 3)
    >>> state.value  # two bars ago it was 5, the mean is 3
    2.0
    """
    mean = sma(Sma(nan, state.total, state.n, state.at), ring, 0, x, period)
    if isnan(mean.value):
        return State(nan, mean.total, mean.n, mean.at)
    size = int(period)
    place = mean.at - 2 - int(period / 2)
    if place < 0:
        place += size
    return State(ring[place] - mean.value, mean.total, mean.n, mean.at)


@indicator("dpo")
class Dpo(Indicator):
    """Detrended price oscillator: how far the price half a window ago was from the mean of the whole window.

    It shows swings without the trend, late: it is not drawn back in time, which would look ahead.

    Formula: x[period / 2 + 1] - sma(x, period), the half rounded down
    Warm-up: period bars.
    Reference: TA-Lib DPO.
    """

    group = "oscillators"
    inputs = ("x",)
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, ge=3, description="bars in the window")
