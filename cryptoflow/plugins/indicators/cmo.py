"""Chande's momentum oscillator."""

from math import isfinite, isnan, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.sum import State as Sum
from cryptoflow.plugins.indicators.sum import slide as total
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The oscillator, the sums of rises and of falls with their zeros, count and place, and the last value."""

    value: float = nan
    gain: float = 0.0
    loss: float = 0.0
    n: int = 0
    at: int = 0
    gain_idle: int = 0
    loss_idle: int = 0
    last: float = nan


START = State()


def step(state: State, ring: Ring, x: float, period: float) -> State:
    """Move the oscillator by one bar; the ring holds the rises, then the falls.

    >>> state, ring = State(), [nan] * 4
    >>> for x in (10.0, 13.0, 12.0):
    ...     state = step(state, ring, x, 2)
    >>> state.value  # 3 up and 1 down
    50.0
    """
    if not isfinite(x):
        return START
    if isnan(state.last):
        return State(nan, 0.0, 0.0, 0, 0, 0, 0, x)
    change = x - state.last
    gain = Sum(nan, state.gain, state.n, state.at, state.gain_idle)
    gain = total(gain, ring, 0, change if change > 0.0 else 0.0, period)
    loss = Sum(nan, state.loss, state.n, state.at, state.loss_idle)
    loss = total(loss, ring, int(period), -change if change < 0.0 else 0.0, period)
    moved = gain.value + loss.value
    value = 0.0 if moved == 0.0 else 100 * (gain.value - loss.value) / moved
    return State(value, gain.total, loss.total, gain.n, gain.at, gain.idle, loss.idle, x)


@indicator("cmo")
class Cmo(Indicator):
    """Chande momentum oscillator: rises less falls, as a share of both, -100 (only falls) to 100 (only rises).

    Formula: 100 * (rises - falls) / (rises + falls), sums over the last `period` changes; 0 where nothing has moved
    Warm-up: period + 1 bars.
    Reference: TA-Lib CMOU (whose CMO takes the averages of rsi instead of sums).
    """

    group = "oscillators"
    inputs = ("x",)
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(14, description="changes in the window")

    def warmup(self) -> int:
        """The changes, and the bar the first starts from."""
        return self.period + 1

    def memory(self) -> int:
        """Rises and falls."""
        return 2 * self.period
