"""The stochastic oscillator of the relative strength index."""

from math import isfinite, isnan, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.highest import State as Highest
from cryptoflow.plugins.indicators.highest import slide as highest
from cryptoflow.plugins.indicators.lowest import State as Lowest
from cryptoflow.plugins.indicators.lowest import slide as lowest
from cryptoflow.plugins.indicators.rsi import State as Rsi
from cryptoflow.plugins.indicators.rsi import step as rsi
from cryptoflow.plugins.indicators.sma import State as Sma
from cryptoflow.plugins.indicators.sma import slide as sma
from cryptoflow.plugins.kinds import WILDER, Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator

CRUMBS = 1e-9
"""An index between 0 and 100 that moves less than this stands still: what is left is rounding."""


class State(NamedTuple):
    """Both lines, the index's averages, count and last value, its range, and the two smoothing windows."""

    k: float = nan
    d: float = nan
    gain: float = 0.0
    loss: float = 0.0
    changes: int = 0
    last: float = nan
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


def step(state: State, ring: Ring, x: float, period: float, length: float, smooth: float, signal: float) -> State:
    """Move both lines by one bar; the ring holds the index twice, for its extremes, then the smoothing windows.

    >>> state, ring = State(), [nan] * 6
    >>> for x in (10.0, 11.0, 10.0, 12.0, 11.0):
    ...     state = step(state, ring, x, 2, 2, 1, 1)
    ...     print(state.k)
    nan
    nan
    nan
    100.0
    0.0
    """
    now = rsi(Rsi(nan, state.gain, state.loss, state.changes, state.last), x, period)
    if not isfinite(x) or isnan(now.value):
        return State(
            *(nan, nan, now.gain, now.loss, now.n, now.last, state.n, state.at, state.top, state.bottom),
            *(state.k_total, state.k_n, state.k_at, state.d_total, state.d_n, state.d_at),
        )
    top = highest(Highest(nan, state.top, state.n, state.at), ring, 0, now.value, length)
    bottom = lowest(Lowest(nan, state.bottom, state.n, state.at), ring, int(length), now.value, length)
    reach = top.value - bottom.value
    raw = 100 * ratio(now.value - bottom.value, reach) if reach > CRUMBS else nan
    room = 2 * int(length)
    k = sma(Sma(nan, state.k_total, state.k_n, state.k_at), ring, room, raw, smooth)
    d = sma(Sma(nan, state.d_total, state.d_n, state.d_at), ring, room + int(smooth), k.value, signal)
    return State(
        *(k.value, d.value, now.gain, now.loss, now.n, now.last, top.n, top.at, top.top, bottom.bottom),
        *(k.total, k.n, k.at, d.total, d.n, d.at),
    )


@indicator("stoch_rsi")
class StochRsi(Indicator):
    """Stochastic rsi: where in its own recent range the rsi is, 0 (low) to 100 (high); NaN where it stands still.

    Formula: k = sma(100 * (r - lowest(r, length)) / (highest(r, length) - lowest(r, length)), smooth),
    r = rsi(x, period), d = sma(k, signal)
    Warm-up: 22 x period + length + smooth + signal bars.
    Reference: TA-Lib STOCHRSI, SMA (whose k is not smoothed; it says 0 where the rsi stands still).
    """

    group = "oscillators"
    inputs = ("x",)
    outputs = ("k", "d")
    windowed = True
    fades = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(14, description="bars the rsi looks back")
    length: Lookback = Field(14, ge=2, description="bars in the range of the rsi")
    smooth: Lookback = Field(3, description="bars that k is averaged over")
    signal: Lookback = Field(3, description="bars of k that d is averaged over")

    def warmup(self) -> int:
        """Bars until the rsi has forgotten its start and every window has been filled after that."""
        return (WILDER + 2) * self.period + self.length + self.smooth + self.signal

    def memory(self) -> int:
        """The range of the rsi, and both smoothing windows."""
        return 2 * self.length + self.smooth + self.signal
