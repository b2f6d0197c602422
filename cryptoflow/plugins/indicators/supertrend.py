"""The supertrend."""

from math import isnan, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.atr import State as Atr
from cryptoflow.plugins.indicators.atr import step as atr
from cryptoflow.plugins.kinds import WILDER, Indicator, Lookback
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The line and its side as of this bar, the side last known, both bands, and the average range."""

    value: float = nan
    direction: float = nan
    side: float = 0.0
    upper: float = nan
    lower: float = nan
    mean: float = 0.0
    n: int = 0
    close: float = nan


def step(state: State, high: float, low: float, close: float, period: float, multiplier: float) -> State:
    """Move the line by one bar.

    A band only tightens while closes respect it, and the side changes when a close breaks the line.

    >>> state = State()
    >>> for price in (10.0, 12.0, 13.0, 9.0):
    ...     state = step(state, price + 1, price - 1, price, 1, 1.0)
    ...     print(state.value, state.direction)
    nan nan
    9.0 1.0
    11.0 1.0
    14.0 -1.0
    """
    reach = atr(Atr(nan, state.mean, state.n, state.close), high, low, close, period)
    if isnan(reach.value):
        return State(nan, nan, state.side, state.upper, state.lower, reach.mean, reach.n, reach.close)
    middle, away = (high + low) / 2, reach.value * multiplier
    upper, lower = middle + away, middle - away
    if upper > state.upper and state.close <= state.upper:
        upper = state.upper
    if lower < state.lower and state.close >= state.lower:
        lower = state.lower
    side = state.side
    if close > upper or (side == 0.0 and close >= middle):
        side = 1.0
    elif close < lower or side == 0.0:
        side = -1.0
    return State(lower if side > 0.0 else upper, side, side, upper, lower, reach.mean, reach.n, reach.close)


@indicator("supertrend")
class Supertrend(Indicator):
    """Supertrend: a line some usual ranges below a rising market or above a falling one, a stop that trails.

    `direction` is 1 while the market rises and -1 while it falls.

    Formula: bands (high + low) / 2 +- multiplier * atr(period), each kept while it is the tighter one
    Warm-up: 24 x period bars, since a band is kept while the trend lasts; values from period + 1 on.
    Reference: TA-Lib SUPERTREND (which takes the first trend for a rising one).
    """

    group = "trend"
    columns = ("high", "low", "close")
    outputs = ("value", "direction")
    settle = WILDER + 4
    State = State
    step = staticmethod(step)

    period: Lookback = Field(10, description="bars the average range looks back")
    multiplier: float = Field(3.0, gt=0, le=100, description="average ranges from the middle to each band")
