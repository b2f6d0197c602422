"""The average true range relative to the price."""

from math import nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.atr import State as Atr
from cryptoflow.plugins.indicators.atr import step as atr
from cryptoflow.plugins.kinds import WILDER, Indicator, Lookback
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The percentage, the average range, how many ranges it has seen, and the last close."""

    value: float = nan
    mean: float = 0.0
    n: int = 0
    close: float = nan


def step(state: State, high: float, low: float, close: float, period: float) -> State:
    """Move the average by one bar and compare it with the close.

    >>> step(step(State(), 9.0, 7.0, 8.0, 1), 12.0, 11.0, 12.0, 1).value  # a range of 4 at a price of 12
    33.33333333333333
    """
    mean = atr(Atr(nan, state.mean, state.n, state.close), high, low, close, period)
    return State(100 * ratio(mean.value, close), mean.mean, mean.n, mean.close)


@indicator("natr")
class Natr(Indicator):
    """Normalised average true range: how many percent the price usually comes in a bar.

    Formula: 100 * atr(period) / close
    Warm-up: 20 x period bars; values from period + 1 on.
    Reference: TA-Lib NATR.
    """

    group = "volatility"
    columns = ("high", "low", "close")
    settle = WILDER
    State = State
    step = staticmethod(step)

    period: Lookback = Field(14, description="bars the average looks back")
