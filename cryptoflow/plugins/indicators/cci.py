"""The commodity channel index."""

from math import isnan, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.sma import State as Sma
from cryptoflow.plugins.indicators.sma import slide as sma
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The index, and the sum, count and place of the window of typical prices."""

    value: float = nan
    total: float = 0.0
    n: int = 0
    at: int = 0


def step(state: State, ring: Ring, high: float, low: float, close: float, period: float) -> State:
    """Move the index by one bar.

    >>> state, ring = State(), [nan] * 3
    >>> for price in (10.0, 10.0, 13.0):
    ...     state = step(state, ring, price, price, price, 3)
    >>> round(state.value, 9)  # 2 above the mean of 11; bars lie 4/3 off it on average
    100.0
    """
    typical = (high + low + close) / 3
    mean = sma(Sma(nan, state.total, state.n, state.at), ring, 0, typical, period)
    if isnan(mean.value):
        return State(nan, mean.total, mean.n, mean.at)
    away = 0.0
    flat = True
    for i in range(int(period)):
        away += abs(ring[i] - mean.value)
        flat = flat and ring[i] == typical
    value = nan if flat else ratio(typical - mean.value, 0.015 * (away / period))  # a flat mean is off by crumbs
    return State(value, mean.total, mean.n, mean.at)


@indicator("cci")
class Cci(Indicator):
    """Commodity channel index: how far the typical price is from its mean, in usual distances; NaN in a flat window.

    Formula: (typical - sma(typical)) / (0.015 * mean distance from it), typical = (high + low + close) / 3
    Warm-up: period bars.
    Reference: TA-Lib CCI (which says 0 in a flat window).
    """

    group = "oscillators"
    columns = ("high", "low", "close")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, ge=2, description="bars in the window")
