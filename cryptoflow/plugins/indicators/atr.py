"""The average true range."""

from math import nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.rma import State as Rma
from cryptoflow.plugins.indicators.rma import step as rma
from cryptoflow.plugins.indicators.true_range import State as Range
from cryptoflow.plugins.indicators.true_range import step as true_range
from cryptoflow.plugins.kinds import WILDER, Indicator, Lookback
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The average as of this bar and as last known, how many ranges it has seen, and the last close."""

    value: float = nan
    mean: float = 0.0
    n: int = 0
    close: float = nan


def step(state: State, high: float, low: float, close: float, period: float) -> State:
    """Move the average by one bar.

    >>> state = State()
    >>> for high, low, close in ((9.0, 7.0, 8.0), (12.0, 11.0, 11.0), (13.0, 11.0, 12.0)):
    ...     state = step(state, high, low, close, 2)
    ...     print(state.value)
    nan
    nan
    3.0
    """
    now = true_range(Range(nan, state.close), high, low, close)
    mean = rma(Rma(nan, state.mean, state.n), now.value, period)
    return State(mean.value, mean.mean, mean.n, now.close)


@indicator("atr")
class Atr(Indicator):
    """Average true range: how far the price usually comes in a bar, in price units.

    Formula: rma(true_range, period)
    Warm-up: 20 x period bars; values from period + 1 on.
    Reference: TA-Lib ATR.
    """

    group = "volatility"
    columns = ("high", "low", "close")
    settle = WILDER
    State = State
    step = staticmethod(step)

    period: Lookback = Field(14, description="bars the average looks back")
