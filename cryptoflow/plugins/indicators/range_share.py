"""Where in its range a bar closes."""

from math import isfinite, nan
from typing import NamedTuple

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.kinds import Indicator
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The share."""

    value: float = nan


START = State()


def step(state: State, high: float, low: float, close: float) -> State:
    """Measure one bar.

    >>> step(State(), 12.0, 8.0, 11.0).value
    0.75
    """
    if not (isfinite(high) and isfinite(low) and isfinite(close)):
        return START
    return State(ratio(close - low, high - low))


@indicator("range_share")
class RangeShare(Indicator):
    """Range share: where in its range a bar closes, 0 (at the low) to 1 (at the high); NaN without a range.

    Formula: (close - low) / (high - low)
    Warm-up: 1 bar.
    Reference: TA-Lib STOCHF (of a single bar, in percent; 0 without a range); also known as internal bar strength.
    """

    group = "candles"
    columns = ("high", "low", "close")
    settle = 1
    State = State
    step = staticmethod(step)
