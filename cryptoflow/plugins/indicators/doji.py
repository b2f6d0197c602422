"""The doji, a bar that closes where it opened."""

from math import isfinite, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """Whether the bar is one, how many bars are held, and the next one's place."""

    value: float = nan
    n: int = 0
    at: int = 0


START = State()


def step(
    state: State, ring: Ring, open: float, high: float, low: float, close: float, period: float, share: float
) -> State:
    """Compare the bar's body with the ranges before it, which the ring holds, then let its own range in.

    >>> state, ring = State(), [nan] * 2
    >>> for close in (11.0, 12.0, 10.125):
    ...     state = step(state, ring, 10.0, 12.0, 8.0, close, 2, 0.1)
    >>> state.value  # a body of 0.125 after ranges of 4
    1.0
    """
    if not (isfinite(open) and isfinite(high) and isfinite(low) and isfinite(close)):
        return START
    at, n, value = state.at, state.n, nan
    if n < period:
        n += 1
    else:
        usual = 0.0
        for i in range(int(period)):
            usual += ring[i]
        value = 1.0 if abs(close - open) <= share * (usual / period) else 0.0
    ring[at] = high - low
    at += 1
    if at >= period:
        at = 0
    return State(value, n, at)


@indicator("doji")
class Doji(Indicator):
    """Doji: 1 on a bar that closes about where it opened, else 0; nobody won.

    Formula: abs(close - open) <= share * mean(high - low) of the `period` bars before
    Warm-up: period + 1 bars.
    Reference: TA-Lib CDLDOJI (which says 100 for our 1).
    """

    group = "candles"
    columns = ("open", "high", "low", "close")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(10, description="bars before it that tell the usual range")
    share: float = Field(0.1, gt=0, le=1, description="largest body, as a share of the usual range")

    def warmup(self) -> int:
        """The bars before, and this one."""
        return self.period + 1
