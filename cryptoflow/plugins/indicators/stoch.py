"""The stochastic oscillator."""

from math import nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.donchian import State as Channel
from cryptoflow.plugins.indicators.donchian import step as channel
from cryptoflow.plugins.indicators.sma import State as Sma
from cryptoflow.plugins.indicators.sma import slide as sma
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """Both lines, the channel's count, place and edges, and sum, count and place of each smoothing window."""

    k: float = nan
    d: float = nan
    n: int = 0
    at: int = 0
    top: int = 0
    bottom: int = 0
    k_total: float = 0.0
    k_n: int = 0
    k_at: int = 0
    d_total: float = 0.0
    d_n: int = 0
    d_at: int = 0


def step(
    state: State,
    ring: Ring,
    high: float,
    low: float,
    close: float,
    period: float,
    smooth: float,
    signal: float,
) -> State:
    """Move both lines by one bar; the ring holds the channel, then the two smoothing windows.

    >>> state, ring = State(), [nan] * 6
    >>> state = step(state, ring, 12.0, 8.0, 10.0, 2, 1, 1)
    >>> step(state, ring, 13.0, 9.0, 12.0, 2, 1, 1).k  # 4 above the low of 8, in a channel 5 wide
    80.0
    """
    span = Channel(nan, nan, nan, state.n, state.at, state.top, state.bottom)
    span = channel(span, ring, high, low, period)
    raw = 100 * ratio(close - span.lower, span.upper - span.lower)
    room = 2 * int(period)
    k = sma(Sma(nan, state.k_total, state.k_n, state.k_at), ring, room, raw, smooth)
    d = sma(Sma(nan, state.d_total, state.d_n, state.d_at), ring, room + int(smooth), k.value, signal)
    return State(
        *(k.value, d.value, span.n, span.at, span.top, span.bottom),
        *(k.total, k.n, k.at, d.total, d.n, d.at),
    )


@indicator("stoch")
class Stoch(Indicator):
    """Stochastic oscillator: where in its recent range the close is, 0 (low) to 100 (high).

    Without a range it is NaN.

    Formula: k = sma(100 * (close - lowest(low)) / (highest(high) - lowest(low)), smooth), d = sma(k, signal)
    Warm-up: period + smooth + signal - 2 bars.
    Reference: TA-Lib STOCH (with simple averages; it says 0 without a range, and no k before the first d).
    """

    group = "oscillators"
    columns = ("high", "low", "close")
    outputs = ("k", "d")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(14, description="bars in the range")
    smooth: Lookback = Field(3, description="bars that k is averaged over")
    signal: Lookback = Field(3, description="bars of k that d is averaged over")

    def warmup(self) -> int:
        """Bars until the three windows are full, one after the other."""
        return self.period + self.smooth + self.signal - 2

    def memory(self) -> int:
        """Highs, lows and the two smoothing windows."""
        return 2 * self.period + self.smooth + self.signal
