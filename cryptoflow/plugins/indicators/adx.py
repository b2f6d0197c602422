"""The average directional index."""

from math import isfinite, isnan, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.rma import State as Rma
from cryptoflow.plugins.indicators.rma import step as rma
from cryptoflow.plugins.indicators.true_range import spread
from cryptoflow.plugins.kinds import WILDER, Indicator, Lookback
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The index and both directions, Wilder's sums and their count, the index's average, and the last bar."""

    value: float = nan
    plus: float = nan
    minus: float = nan
    up: float = 0.0
    down: float = 0.0
    reach: float = 0.0
    n: int = 0
    mean: float = 0.0
    mean_n: int = 0
    high: float = nan
    low: float = nan
    close: float = nan


def step(state: State, high: float, low: float, close: float, period: float) -> State:
    """Move the index by one bar.

    Wilder's sums start from `period - 1` changes and then lose a part of themselves before each new one.

    >>> state = State()
    >>> for price in (10.0, 11.0, 13.0, 12.0, 14.0):
    ...     state = step(state, price + 1, price - 1, price, 2)
    >>> round(state.plus, 3), round(state.minus, 3), round(state.value, 3)
    (52.5, 10.0, 61.778)
    """
    if not (isfinite(high) and isfinite(low) and isfinite(close)):
        return State(
            *(nan, nan, nan, state.up, state.down, state.reach, state.n),
            *(state.mean, state.mean_n, state.high, state.low, state.close),
        )
    if isnan(state.close):
        return State(nan, nan, nan, 0.0, 0.0, 0.0, 0, 0.0, 0, high, low, close)
    rise, fall = high - state.high, state.low - low
    n = state.n + 1 if state.n < period else state.n
    kept = (period - 1) / period if n >= period else 1.0
    up = state.up * kept + (rise if rise > 0.0 and rise > fall else 0.0)
    down = state.down * kept + (fall if fall > 0.0 and fall > rise else 0.0)
    reach = state.reach * kept + spread(high, low, state.close)
    if n < period:
        return State(nan, nan, nan, up, down, reach, n, 0.0, 0, high, low, close)
    plus, minus = 100 * ratio(up, reach), 100 * ratio(down, reach)
    mean = rma(Rma(nan, state.mean, state.mean_n), 100 * ratio(abs(plus - minus), plus + minus), period)
    value = mean.mean if mean.n >= period else nan
    return State(value, plus, minus, up, down, reach, n, mean.mean, mean.n, high, low, close)


@indicator("adx")
class Adx(Indicator):
    """Average directional index: how strongly the market trends, 0 to 100, and `plus` and `minus` which way.

    A bar without any direction leaves the index as it is.

    Formula: rma(100 * abs(plus - minus) / (plus + minus)), plus, minus = 100 * rise, fall / true range
    Warm-up: 24 x period bars, since its averages follow one another; values from 2 x period on.
    Reference: TA-Lib ADX, PLUS_DI, MINUS_DI.
    """

    group = "trend"
    columns = ("high", "low", "close")
    outputs = ("value", "plus", "minus")
    settle = WILDER + 4
    State = State
    step = staticmethod(step)

    period: Lookback = Field(14, ge=2, description="bars the averages look back")
