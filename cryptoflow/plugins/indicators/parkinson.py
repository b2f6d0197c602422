"""Parkinson's volatility."""

from math import isfinite, log, nan, sqrt
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.sum import State as Sum
from cryptoflow.plugins.indicators.sum import slide as total
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The volatility, and the sum, count, place and zeros of the squared log ranges."""

    value: float = nan
    total: float = 0.0
    n: int = 0
    at: int = 0
    idle: int = 0


START = State()


def step(state: State, ring: Ring, high: float, low: float, period: float) -> State:
    """Move the volatility by one bar; a price of 0 or below is a missing one.

    >>> state, ring = State(), [nan]
    >>> round(step(state, ring, 110.0, 100.0, 1).value, 6)  # log(1.1) / sqrt(4 * log(2))
    0.05724
    """
    if not (isfinite(high) and isfinite(low) and low > 0.0):
        return START
    reach = log(high) - log(low)
    past = Sum(nan, state.total, state.n, state.at, state.idle)
    now = total(past, ring, 0, reach * reach, period)
    value = sqrt(max(now.total, 0.0) / (4 * log(2.0) * period)) if now.n >= period else nan
    return State(value, now.total, now.n, now.at, now.idle)


@indicator("parkinson")
class Parkinson(Indicator):
    """Parkinson's volatility: the deviation per bar, as a share of the price, that the bars' ranges tell of.

    Ranges say more than closes do: it needs a fifth of the bars that `stdev` of returns needs.

    Formula: sqrt(sum(log(high / low) * log(high / low)) / (4 * log(2) * period))
    Warm-up: period bars.
    Reference: M. Parkinson, The extreme value method for estimating the variance of the rate of return, 1980.
    """

    group = "volatility"
    columns = ("high", "low")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, description="bars in the window")
