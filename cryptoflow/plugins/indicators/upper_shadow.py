"""The upper shadow of a bar."""

from math import isfinite, nan
from typing import NamedTuple

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.kinds import Indicator
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The shadow in price units, and its share of the bar's range."""

    value: float = nan
    share: float = nan


START = State()


def step(state: State, open: float, high: float, low: float, close: float) -> State:
    """Measure one bar.

    >>> step(State(), 11.0, 12.0, 8.0, 10.0)
    State(value=1.0, share=0.25)
    """
    if not (isfinite(open) and isfinite(high) and isfinite(low) and isfinite(close)):
        return START
    shadow = high - max(open, close)
    return State(shadow, ratio(shadow, high - low))


@indicator("upper_shadow")
class UpperShadow(Indicator):
    """Upper shadow: from the body up to the high, and its `share` of the range; NaN without a range.

    Formula: high - max(open, close), share = that / (high - low)
    Warm-up: 1 bar.
    Reference: S. Nison, Japanese Candlestick Charting Techniques, 1991.
    """

    group = "candles"
    columns = ("open", "high", "low", "close")
    outputs = ("value", "share")
    settle = 1
    State = State
    step = staticmethod(step)
