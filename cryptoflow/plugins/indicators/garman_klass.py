"""Garman and Klass's volatility."""

from math import isfinite, log, nan, sqrt
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.sum import State as Sum
from cryptoflow.plugins.indicators.sum import slide as total
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The volatility, and the sum, count, place and zeros of the bars' variances."""

    value: float = nan
    total: float = 0.0
    n: int = 0
    at: int = 0
    idle: int = 0


START = State()


def step(
    state: State,
    ring: Ring,
    open: float,
    high: float,
    low: float,
    close: float,
    period: float,
) -> State:
    """Move the volatility by one bar; a price of 0 or below is a missing one.

    >>> round(step(State(), [nan], 100.0, 110.0, 100.0, 100.0, 1).value, 6)  # sqrt(log(1.1) * log(1.1) / 2)
    0.067394
    """
    known = isfinite(open) and isfinite(high) and isfinite(low) and isfinite(close)
    if not (known and low > 0.0 and open > 0.0 and close > 0.0 and high > 0.0):
        return START
    reach, body = log(high) - log(low), log(close) - log(open)
    past = Sum(nan, state.total, state.n, state.at, state.idle)
    now = total(past, ring, 0, 0.5 * reach * reach - (2 * log(2.0) - 1) * body * body, period)
    value = sqrt(max(now.total, 0.0) / period) if now.n >= period else nan
    return State(value, now.total, now.n, now.at, now.idle)


@indicator("garman_klass")
class GarmanKlass(Indicator):
    """Garman and Klass's volatility: like `parkinson`, and closer yet, since it knows where bars open and close.

    Formula: sqrt(mean(r * r / 2 - (2 * log(2) - 1) * b * b)), r = log(high / low), b = log(close / open)
    Warm-up: period bars.
    Reference: M. Garman and M. Klass, On the estimation of security price volatilities from historical data, 1980.
    """

    group = "volatility"
    columns = ("open", "high", "low", "close")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, description="bars in the window")
