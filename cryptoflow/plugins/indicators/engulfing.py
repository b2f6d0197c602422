"""The engulfing bar, whose body swallows the one before."""

from math import isfinite, isnan, nan
from typing import NamedTuple

from cryptoflow.plugins.kinds import Indicator
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """Which way the bar engulfs the one before, and open and close of the last bar."""

    value: float = nan
    open: float = nan
    close: float = nan


def step(state: State, open: float, high: float, low: float, close: float) -> State:
    """Compare the bar's body with the last one's; one end may be the same.

    >>> step(step(State(), 11.0, 12.0, 9.0, 10.0), 9.5, 12.0, 9.0, 11.0).value
    1.0
    """
    if not (isfinite(open) and isfinite(high) and isfinite(low) and isfinite(close)):
        return State(nan, state.open, state.close)
    if isnan(state.open):
        return State(nan, open, close)
    value = 0.0
    swallows = max(open, close) >= max(state.open, state.close) and min(open, close) <= min(state.open, state.close)
    larger = abs(close - open) > abs(state.close - state.open)
    if swallows and larger:
        if close >= open and state.close < state.open:
            value = 1.0
        elif close < open and state.close >= state.open:
            value = -1.0
    return State(value, open, close)


@indicator("engulfing")
class Engulfing(Indicator):
    """Engulfing: 1 on a rising bar whose body swallows the falling one before, -1 on the opposite, else 0.

    Formula: bodies of opposite direction, the newer one covering the older and larger than it
    Warm-up: 2 bars.
    Reference: TA-Lib CDLENGULFING (which says 100 or 80 for our 1, and nothing of the second bar).
    """

    group = "candles"
    columns = ("open", "high", "low", "close")
    settle = 2
    State = State
    step = staticmethod(step)
