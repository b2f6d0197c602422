"""Dreiss's choppiness index."""

from math import isfinite, isnan, log, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.donchian import State as Channel
from cryptoflow.plugins.indicators.donchian import step as channel
from cryptoflow.plugins.indicators.sum import State as Sum
from cryptoflow.plugins.indicators.sum import slide as total
from cryptoflow.plugins.indicators.true_range import spread
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The index, the channel's count, place and edges, the ranges' sum, count, place and zeros, and the last close."""

    value: float = nan
    n: int = 0
    at: int = 0
    top: int = 0
    bottom: int = 0
    reach: float = 0.0
    ranges: int = 0
    ranges_at: int = 0
    idle: int = 0
    close: float = nan


START = State()


def step(state: State, ring: Ring, high: float, low: float, close: float, period: float) -> State:
    """Move the index by one bar; the ring holds the channel, then the true ranges.

    >>> state, ring = State(), [nan] * 6
    >>> for price in (10.0, 11.0, 10.0):
    ...     state = step(state, ring, price + 1, price - 1, price, 2)
    >>> round(state.value, 6)  # two ranges of 2 in a channel of 3: log(4 / 3) / log(2)
    41.50375
    """
    if not (isfinite(high) and isfinite(low) and isfinite(close)):
        return START
    span = Channel(nan, nan, nan, state.n, state.at, state.top, state.bottom)
    span = channel(span, ring, high, low, period)
    if isnan(state.close):
        return State(nan, span.n, span.at, span.top, span.bottom, 0.0, 0, 0, 0, close)
    reach = Sum(nan, state.reach, state.ranges, state.ranges_at, state.idle)
    reach = total(reach, ring, 2 * int(period), spread(high, low, state.close), period)
    detour = ratio(reach.value, span.upper - span.lower)
    value = 100 * log(detour) / log(period) if detour > 0.0 else nan
    return State(
        *(value, span.n, span.at, span.top, span.bottom),
        *(reach.total, reach.n, reach.at, reach.idle, close),
    )


@indicator("choppiness")
class Choppiness(Indicator):
    """Choppiness: how much of their way the bars went back and forth, 0 (straight) to 100; NaN without a range.

    Formula: 100 * log(sum(true_range) / (highest(high) - lowest(low))) / log(period)
    Warm-up: period + 1 bars.
    Reference: E. W. Dreiss, the choppiness index.
    """

    group = "trend"
    columns = ("high", "low", "close")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(14, ge=2, description="bars in the window")

    def warmup(self) -> int:
        """The window, and the close before it."""
        return self.period + 1

    def memory(self) -> int:
        """High, low and true range of each bar."""
        return 3 * self.period
