"""The chandelier levels."""

from math import isfinite, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.atr import State as Atr
from cryptoflow.plugins.indicators.atr import step as atr
from cryptoflow.plugins.indicators.donchian import State as Channel
from cryptoflow.plugins.indicators.donchian import step as channel
from cryptoflow.plugins.kinds import WILDER, Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """Both levels, the channel's count, place and edges, and the average range with its count and last close."""

    long: float = nan
    short: float = nan
    n: int = 0
    at: int = 0
    top: int = 0
    bottom: int = 0
    mean: float = 0.0
    ranges: int = 0
    close: float = nan


def step(state: State, ring: Ring, high: float, low: float, close: float, period: float, multiplier: float) -> State:
    """Move both levels by one bar.

    >>> state, ring = State(), [nan] * 2
    >>> state = step(state, ring, 9.0, 7.0, 8.0, 1, 2.0)
    >>> step(state, ring, 12.0, 11.0, 12.0, 1, 2.0)[:2]  # twice a range of 4 below the high and above the low
    (4.0, 19.0)
    """
    if not (isfinite(high) and isfinite(low) and isfinite(close)):
        return State(
            *(nan, nan, state.n, state.at, state.top, state.bottom),
            *(state.mean, state.ranges, state.close),
        )
    span = Channel(nan, nan, nan, state.n, state.at, state.top, state.bottom)
    span = channel(span, ring, high, low, period)
    reach = atr(Atr(nan, state.mean, state.ranges, state.close), high, low, close, period)
    away = reach.value * multiplier
    return State(
        *(span.upper - away, span.lower + away, span.n, span.at, span.top, span.bottom),
        *(reach.mean, reach.n, reach.close),
    )


@indicator("chandelier")
class Chandelier(Indicator):
    """Chandelier levels: some usual ranges below the highest high (`long`) and above the lowest low (`short`).

    As a stop that hangs from the high: `stop_at: chandelier(22, 3)`.

    Formula: long = highest(high, period) - away, short = lowest(low, period) + away, away = multiplier * atr(period)
    Warm-up: 20 x period bars; values from period + 1 on.
    Reference: TA-Lib MAX, MIN, ATR; the levels of C. LeBeau.
    """

    group = "bands and channels"
    columns = ("high", "low", "close")
    outputs = ("long", "short")
    windowed = True
    fades = True
    settle = WILDER
    State = State
    step = staticmethod(step)

    period: Lookback = Field(22, description="bars of the channel and of the average range")
    multiplier: float = Field(3.0, gt=0, le=100, description="average ranges from the extreme to the level")

    def memory(self) -> int:
        """High and low of each bar."""
        return 2 * self.period
