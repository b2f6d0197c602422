"""The Keltner channel."""

from math import isfinite, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.atr import State as Atr
from cryptoflow.plugins.indicators.atr import step as atr
from cryptoflow.plugins.indicators.ema import State as Ema
from cryptoflow.plugins.indicators.ema import step as ema
from cryptoflow.plugins.kinds import RECURSIVE, WILDER, Indicator, Lookback
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The channel, its average of closes, and the average range with its count and last close."""

    middle: float = nan
    upper: float = nan
    lower: float = nan
    mean: float = nan
    reach: float = 0.0
    n: int = 0
    close: float = nan


def step(
    state: State,
    high: float,
    low: float,
    close: float,
    period: float,
    atr_period: float,
    multiplier: float,
) -> State:
    """Move the channel by one bar.

    >>> state = step(State(), 9.0, 7.0, 8.0, 1, 1, 2.0)
    >>> step(state, 12.0, 11.0, 12.0, 1, 1, 2.0)[:3]  # twice a range of 4 around 12
    (12.0, 20.0, 4.0)
    """
    if not (isfinite(high) and isfinite(low) and isfinite(close)):
        return State(nan, nan, nan, state.mean, state.reach, state.n, state.close)
    middle = ema(Ema(nan, state.mean), close, period)
    reach = atr(Atr(nan, state.reach, state.n, state.close), high, low, close, atr_period)
    away = reach.value * multiplier
    upper, lower = middle.value + away, middle.value - away
    return State(middle.value, upper, lower, middle.mean, reach.mean, reach.n, reach.close)


@indicator("keltner")
class Keltner(Indicator):
    """Keltner channel: an average of closes, and some usual ranges above and below it.

    Formula: middle = ema(close, period), upper, lower = middle +- multiplier * atr(atr_period)
    Warm-up: the larger of 10 x period and 20 x atr_period bars.
    Reference: TA-Lib KC, EMA (whose KC has the average of typical prices in its middle, ours that of closes).
    """

    group = "bands and channels"
    columns = ("high", "low", "close")
    outputs = ("middle", "upper", "lower")
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, description="bars the average of closes looks back")
    atr_period: Lookback = Field(10, description="bars the average range looks back")
    multiplier: float = Field(2.0, gt=0, le=100, description="average ranges from the middle to each edge")

    def warmup(self) -> int:
        """Bars until both averages have forgotten their start."""
        return max(RECURSIVE * self.period, WILDER * self.atr_period)
