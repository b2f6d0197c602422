"""The Aroon lines."""

from math import isfinite, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The difference of both lines, the lines, count and place, and how many bars ago the extremes were."""

    value: float = nan
    up: float = nan
    down: float = nan
    n: int = 0
    at: int = 0
    since_high: int = 0
    since_low: int = 0


START = State()


def since(ring: Ring, first: int, at: int, n: int, size: int, before: int, sign: float) -> int:
    """How many bars ago the highest (sign 1) or lowest (-1) of `n` values was; `before`: if this bar's is not it.

    >>> since([5.0, 7.0, 7.0, 6.0], 0, 3, 4, 4, 4, 1.0)  # what came before has left: of two sevens the newer
    1
    """
    if before < n:
        return 0 if sign * ring[first + at] >= sign * ring[first + _place(at, before, size)] else before
    found = 0
    for ago in range(1, n):
        if sign * ring[first + _place(at, ago, size)] > sign * ring[first + _place(at, found, size)]:
            found = ago
    return found


def _place(at: int, ago: int, size: int) -> int:
    return at - ago if ago <= at else at - ago + size


def step(state: State, ring: Ring, high: float, low: float, period: float) -> State:
    """Move both lines by one bar; the ring holds the highs, then the lows; of equals the newest counts.

    >>> state, ring = State(), [nan] * 6
    >>> for high, low in ((12.0, 8.0), (11.0, 9.0), (10.0, 9.5)):
    ...     state = step(state, ring, high, low, 2)
    >>> state[:3]
    (0.0, 0.0, 0.0)
    >>> step(state, ring, 11.0, 9.25, 2)[1:3]  # a high as high as one before, and the low of two bars ago
    (100.0, 0.0)
    """
    if not (isfinite(high) and isfinite(low)):
        return START
    at, size = state.at, int(period) + 1
    n = state.n + 1 if state.n < size else state.n
    ring[at], ring[size + at] = high, low
    since_high = since(ring, 0, at, n, size, state.since_high + 1, 1.0)
    since_low = since(ring, size, at, n, size, state.since_low + 1, -1.0)
    at = at + 1 if at + 1 < size else 0
    if n < size:
        return State(nan, nan, nan, n, at, since_high, since_low)
    up, down = 100 * (period - since_high) / period, 100 * (period - since_low) / period
    return State(up - down, up, down, n, at, since_high, since_low)


@indicator("aroon")
class Aroon(Indicator):
    """Aroon: how fresh the highest high (`up`) and the lowest low (`down`) are, 100 (this bar) to 0; their difference.

    Formula: up = 100 * (period - bars since the highest high) / period, down likewise, value = up - down
    Warm-up: period + 1 bars.
    Reference: TA-Lib AROON, AROONOSC.
    """

    group = "trend"
    columns = ("high", "low")
    outputs = ("value", "up", "down")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(14, description="bars to look back on, beside this one")

    def warmup(self) -> int:
        """The bars to look back on, and this one."""
        return self.period + 1

    def memory(self) -> int:
        """High and low of each bar."""
        return 2 * (self.period + 1)
