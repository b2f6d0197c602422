"""The Donchian channel, and the high-low window that stoch and williams_r share."""

from math import isfinite, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.highest import State as Highest
from cryptoflow.plugins.indicators.highest import slide as highest
from cryptoflow.plugins.indicators.lowest import State as Lowest
from cryptoflow.plugins.indicators.lowest import slide as lowest
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """Middle and edges of the channel, count and place, and where in the ring its edges lie."""

    middle: float = nan
    upper: float = nan
    lower: float = nan
    n: int = 0
    at: int = 0
    top: int = 0
    bottom: int = 0


START = State()


def step(state: State, ring: Ring, high: float, low: float, period: float) -> State:
    """Move the channel by one bar; the ring holds the highs, then the lows.

    >>> state, ring = State(), [nan] * 4
    >>> for high, low in ((12.0, 8.0), (11.0, 9.0), (10.0, 9.5)):
    ...     state = step(state, ring, high, low, 2)
    ...     print(state[:3])
    (nan, nan, nan)
    (10.0, 12.0, 8.0)
    (10.0, 11.0, 9.0)
    """
    if not (isfinite(high) and isfinite(low)):
        return START
    top = highest(Highest(nan, state.top, state.n, state.at), ring, 0, high, period)
    bottom = lowest(Lowest(nan, state.bottom, state.n, state.at), ring, int(period), low, period)
    middle = (top.value + bottom.value) / 2
    return State(middle, top.value, bottom.value, top.n, top.at, top.top, bottom.bottom)


@indicator("donchian")
class Donchian(Indicator):
    """Donchian channel: the highest high and the lowest low of the last `period` bars, this one included.

    A breakout is a close beyond the channel as it stood before: `close > donchian(20).upper[1]`.

    Formula: upper = highest(high), lower = lowest(low), middle = their mean
    Warm-up: period bars.
    Reference: TA-Lib MAX, MIN.
    """

    group = "bands and channels"
    columns = ("high", "low")
    outputs = ("middle", "upper", "lower")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, description="bars in the channel")

    def memory(self) -> int:
        """High and low of each bar."""
        return 2 * self.period
