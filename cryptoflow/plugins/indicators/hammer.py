"""The hammer, a bar that fell far and came back."""

from math import isfinite, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator

SHORT, NEAR = 0.1, 0.2
"""Shares of the usual range: below the first a shadow counts as none, within the second two prices are near."""


class State(NamedTuple):
    """Whether the bar is one, how many bars are held, the next one's place, and the last low."""

    value: float = nan
    n: int = 0
    at: int = 0
    low: float = nan


START = State()


def step(state: State, ring: Ring, open: float, high: float, low: float, close: float, period: float) -> State:
    """Compare the bar with those before it, whose bodies and then ranges the ring holds, and let it in.

    >>> state, ring = State(), [nan] * 4
    >>> for price in (20.0, 16.0):
    ...     state = step(state, ring, price, price + 1, price - 3, price - 2, 2)
    >>> step(state, ring, 13.5, 14.0, 10.0, 14.0, 2).value
    1.0
    """
    if not (isfinite(open) and isfinite(high) and isfinite(low) and isfinite(close)):
        return START
    at, n, size, value = state.at, state.n, int(period), nan
    body, bottom = abs(close - open), min(open, close)
    if n < period:
        n += 1
    else:
        usual_body = usual = 0.0
        for i in range(size):
            usual_body += ring[i]
            usual += ring[size + i]
        half = int(period / 2)
        lately = 0.0
        for ago in range(2, half + 2):  # the bars before the last one
            i = at - ago if ago <= at else at - ago + size
            lately += ring[size + i]
        small = body < usual_body / period
        hangs = bottom - low > body and high - max(open, close) < SHORT * (usual / period)
        falls = bottom <= state.low + NEAR * (lately / half)
        value = 1.0 if small and hangs and falls else 0.0
    ring[at], ring[size + at] = body, high - low
    at += 1
    if at >= period:
        at = 0
    return State(value, n, at, low)


@indicator("hammer")
class Hammer(Indicator):
    """Hammer: 1 on a bar that fell well below its small body, came back, and lies near the last low; else 0.

    Formula: body < mean(body), lower shadow > body, upper shadow < 0.1 * mean(range), body near low[1]: not above
    it by more than 0.2 * mean(range) of the `period` / 2 bars before that one; means of the `period` bars before
    Warm-up: period + 1 bars.
    Reference: TA-Lib CDLHAMMER (which says 100 for our 1).
    """

    group = "candles"
    columns = ("open", "high", "low", "close")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(10, ge=2, description="bars before it that tell the usual body and range")

    def warmup(self) -> int:
        """The bars before, and this one."""
        return self.period + 1

    def memory(self) -> int:
        """Body and range of each bar."""
        return 2 * self.period
