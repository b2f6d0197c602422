"""The body of a bar."""

from math import isfinite, nan
from typing import NamedTuple

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.kinds import Indicator
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The body in price units, and its share of the bar's range."""

    value: float = nan
    share: float = nan


START = State()


def step(state: State, open: float, high: float, low: float, close: float) -> State:
    """Measure one bar.

    >>> step(State(), 11.0, 12.0, 8.0, 10.0)
    State(value=-1.0, share=0.25)
    """
    if not (isfinite(open) and isfinite(high) and isfinite(low) and isfinite(close)):
        return START
    return State(close - open, ratio(abs(close - open), high - low))


@indicator("body")
class Body(Indicator):
    """Body: from open to close, above 0 on a rising bar, and its `share` of the range; NaN without a range.

    Formula: close - open, share = abs(close - open) / (high - low)
    Warm-up: 1 bar.
    Reference: S. Nison, Japanese Candlestick Charting Techniques, 1991.
    """

    group = "candles"
    columns = ("open", "high", "low", "close")
    outputs = ("value", "share")
    settle = 1
    State = State
    step = staticmethod(step)
