"""Heikin-Ashi bars."""

from math import isfinite, isnan, nan
from typing import NamedTuple

from cryptoflow.plugins.kinds import Indicator
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The averaged bar, and the middle of the last one's body."""

    close: float = nan
    open: float = nan
    high: float = nan
    low: float = nan
    middle: float = nan


def step(state: State, open: float, high: float, low: float, close: float) -> State:
    """Average one bar; it opens in the middle of the last averaged body.

    >>> state = step(State(), 10.0, 14.0, 8.0, 12.0)
    >>> step(state, 12.0, 16.0, 12.0, 16.0)[:4]
    (14.0, 11.0, 16.0, 11.0)
    """
    if not (isfinite(open) and isfinite(high) and isfinite(low) and isfinite(close)):
        return State(nan, nan, nan, nan, state.middle)
    mean = (open + high + low + close) / 4
    start = (open + close) / 2 if isnan(state.middle) else state.middle
    return State(mean, start, max(high, start, mean), min(low, start, mean), (start + mean) / 2)


@indicator("heikin_ashi")
class HeikinAshi(Indicator):
    """Heikin-Ashi: averaged bars that show the trend by their colour; `open` below `close` in a rising market.

    Their prices were never traded: decide by them, but place orders by the market's own.

    Formula: close = (open + high + low + close) / 4, open = middle of the last such body, high, low = the extremes
    Warm-up: 36 bars, since the open halves its memory with each.
    Reference: TA-Lib HA.
    """

    group = "candles"
    columns = ("open", "high", "low", "close")
    outputs = ("close", "open", "high", "low")
    settle = 36
    State = State
    step = staticmethod(step)
