"""The volume-weighted moving average, and the window of worth and volume that vwap shares."""

from math import isfinite, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.sma import State as Sma
from cryptoflow.plugins.indicators.sma import slide as sma
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The average, the sums of x * volume and of volume, count and place, and bars since anything traded."""

    value: float = nan
    worth: float = 0.0
    volume: float = 0.0
    n: int = 0
    at: int = 0
    idle: int = 0


START = State()


def step(state: State, ring: Ring, x: float, volume: float, period: float) -> State:
    """Move the average by one bar; the ring holds x * volume, then volume.

    >>> state, ring = State(), [nan] * 4
    >>> for x, volume in ((10.0, 1.0), (20.0, 3.0), (40.0, 3.0), (50.0, 0.0), (60.0, 0.0)):
    ...     state = step(state, ring, x, volume, 2)
    ...     print(state.value)
    nan
    17.5
    30.0
    40.0
    nan
    """
    if not (isfinite(x * volume) and isfinite(volume)):
        return START
    worth = sma(Sma(nan, state.worth, state.n, state.at), ring, 0, x * volume, period)
    traded = sma(Sma(nan, state.volume, state.n, state.at), ring, int(period), volume, period)
    idle = 0 if volume > 0.0 else state.idle + 1
    value = ratio(worth.value, traded.value) if idle < period else nan  # sums keep crumbs of what left
    return State(value, worth.total, traded.total, traded.n, traded.at, idle)


@indicator("vwma")
class Vwma(Indicator):
    """Volume-weighted moving average: bars count by what was traded in them; NaN if nothing was.

    Formula: sum(x * volume) / sum(volume) over the last `period` bars
    Warm-up: period bars.
    Reference: TA-Lib VWMA.
    """

    group = "averages"
    inputs = ("x",)
    columns = ("volume",)
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, description="bars in the window")

    def memory(self) -> int:
        """Worth and volume of each bar."""
        return 2 * self.period
