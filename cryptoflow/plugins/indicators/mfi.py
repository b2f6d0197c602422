"""The money flow index."""

from math import isfinite, isnan, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.sum import State as Sum
from cryptoflow.plugins.indicators.sum import slide as total
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The index, the money that came in and went out, count and place, zeros of each, and the last price."""

    value: float = nan
    into: float = 0.0
    out: float = 0.0
    n: int = 0
    at: int = 0
    into_idle: int = 0
    out_idle: int = 0
    last: float = nan


START = State()


def step(state: State, ring: Ring, high: float, low: float, close: float, volume: float, period: float) -> State:
    """Move the index by one bar; the ring holds the money of rises, then that of falls.

    >>> state, ring = State(), [nan] * 4
    >>> for price, volume in ((10.0, 7.0), (11.0, 3.0), (9.0, 1.0)):
    ...     state = step(state, ring, price, price, price, volume, 2)
    >>> round(state.value, 9)  # 33 in, 9 out
    78.571428571
    """
    typical = (high + low + close) / 3
    money = typical * volume
    if not isfinite(money):
        return START
    if isnan(state.last):
        return State(nan, 0.0, 0.0, 0, 0, 0, 0, typical)
    into = Sum(nan, state.into, state.n, state.at, state.into_idle)
    into = total(into, ring, 0, money if typical > state.last else 0.0, period)
    out = Sum(nan, state.out, state.n, state.at, state.out_idle)
    out = total(out, ring, int(period), money if typical < state.last else 0.0, period)
    moved = into.value + out.value
    value = 50.0 if moved == 0.0 else 100 * into.value / moved
    return State(value, into.total, out.total, into.n, into.at, into.idle, out.idle, typical)


@indicator("mfi")
class Mfi(Indicator):
    """Money flow index: what part of the money of the last `period` bars came in on rises, 0 to 100.

    Formula: 100 * in / (in + out), sums of typical * volume of rises and of falls; 50 where nothing has moved
    Warm-up: period + 1 bars.
    Reference: TA-Lib MFI (which says 0 where nothing has moved).
    """

    group = "oscillators"
    columns = ("high", "low", "close", "volume")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(14, description="bars in the window")

    def warmup(self) -> int:
        """The window, and the bar its first change starts from."""
        return self.period + 1

    def memory(self) -> int:
        """Money of rises and of falls."""
        return 2 * self.period
