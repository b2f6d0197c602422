"""The true range, which atr, natr, adx, keltner and supertrend are made of."""

from math import isfinite, isnan, nan
from typing import NamedTuple

from cryptoflow.plugins.kinds import Indicator
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The range of this bar, and the close before the next."""

    value: float = nan
    close: float = nan


def spread(high: float, low: float, before: float) -> float:
    """The distance between the extremes of a bar and of the close before it.

    >>> spread(12.0, 11.0, 8.0), spread(12.0, 11.0, 11.5)
    (4.0, 1.0)
    """
    return max(high, before) - min(low, before)


def step(state: State, high: float, low: float, close: float) -> State:
    """Move the range by one bar; the first bar has none, since no close came before it.

    >>> step(step(State(), 9.0, 7.0, 8.0), 12.0, 11.0, 11.0).value
    4.0
    """
    if not (isfinite(high) and isfinite(low) and isfinite(close)):
        return State(nan, state.close)
    value = nan if isnan(state.close) else spread(high, low, state.close)
    return State(value, close)


@indicator("true_range")
class TrueRange(Indicator):
    """True range: how far the price has come in a bar, the gap from the close before it included.

    Formula: max(high, close[1]) - min(low, close[1])
    Warm-up: 2 bars.
    Reference: TA-Lib TRANGE.
    """

    group = "volatility"
    columns = ("high", "low", "close")
    settle = 2
    State = State
    step = staticmethod(step)
