"""The accumulation and distribution line, and the flow of money that adosc and cmf share."""

from math import isfinite, nan
from typing import NamedTuple

from cryptoflow.plugins.kinds import Indicator
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The line as of this bar, and as last known."""

    value: float = nan
    total: float = 0.0


def flow(high: float, low: float, close: float, volume: float) -> float:
    """The volume of a bar by where it closed: all of it at the high, none in the middle, all negative at the low.

    >>> flow(12.0, 8.0, 11.0, 10.0), flow(12.0, 8.0, 8.0, 10.0), flow(9.0, 9.0, 9.0, 10.0)
    (5.0, -10.0, 0.0)
    """
    if not (isfinite(high) and isfinite(low) and isfinite(close)):
        return nan
    part = 0.0 if high == low else ((close - low) - (high - close)) / (high - low)
    return part * volume


def step(state: State, high: float, low: float, close: float, volume: float) -> State:
    """Move the line by one bar.

    >>> step(step(State(), 12.0, 8.0, 11.0, 10.0), 12.0, 8.0, 8.0, 10.0).value
    -5.0
    """
    moved = flow(high, low, close, volume)
    if not isfinite(moved):
        return State(nan, state.total)
    return State(state.total + moved, state.total + moved)


@indicator("ad")
class Ad(Indicator):
    """Accumulation and distribution: volume that closed high in its bars less volume that closed low.

    It counts from the first bar of the run for ever, so only its changes mean something, as with `obv`.

    Formula: ad[1] + ((close - low) - (high - close)) / (high - low) * volume; a bar without a range adds nothing
    Warm-up: 1 bar.
    Reference: TA-Lib AD.
    """

    group = "volume"
    columns = ("high", "low", "close", "volume")
    settle = 1
    State = State
    step = staticmethod(step)
