"""Williams' %R."""

from math import nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.donchian import State as Channel
from cryptoflow.plugins.indicators.donchian import step as channel
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The oscillator, and the count, place and edges of its channel."""

    value: float = nan
    n: int = 0
    at: int = 0
    top: int = 0
    bottom: int = 0


def step(state: State, ring: Ring, high: float, low: float, close: float, period: float) -> State:
    """Move the oscillator by one bar.

    >>> state, ring = State(), [nan] * 4
    >>> state = step(state, ring, 12.0, 8.0, 10.0, 2)
    >>> step(state, ring, 13.0, 9.0, 12.0, 2).value  # 1 below the high of 13, in a channel 5 wide
    -20.0
    """
    span = Channel(nan, nan, nan, state.n, state.at, state.top, state.bottom)
    span = channel(span, ring, high, low, period)
    value = -100 * ratio(span.upper - close, span.upper - span.lower)
    return State(value, span.n, span.at, span.top, span.bottom)


@indicator("williams_r")
class WilliamsR(Indicator):
    """Williams' %R: how far below its recent high the close is, 0 (high) to -100 (low).

    Without a range it is NaN.

    Formula: -100 * (highest(high) - close) / (highest(high) - lowest(low))
    Warm-up: period bars.
    Reference: TA-Lib WILLR (which says 0 without a range).
    """

    group = "oscillators"
    columns = ("high", "low", "close")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(14, description="bars in the range")

    def memory(self) -> int:
        """High and low of each bar."""
        return 2 * self.period
