"""Chaikin's money flow."""

from math import isfinite, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.ad import flow
from cryptoflow.plugins.indicators.sum import State as Sum
from cryptoflow.plugins.indicators.sum import slide as total
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The share, the sums of flow and of volume with their zeros, count and place."""

    value: float = nan
    flow: float = 0.0
    volume: float = 0.0
    n: int = 0
    at: int = 0
    flow_idle: int = 0
    volume_idle: int = 0


START = State()


def step(state: State, ring: Ring, high: float, low: float, close: float, volume: float, period: float) -> State:
    """Move the share by one bar; the ring holds the flow, then the volume.

    >>> state, ring = State(), [nan] * 4
    >>> state = step(state, ring, 12.0, 8.0, 12.0, 3.0, 2)
    >>> step(state, ring, 12.0, 8.0, 8.0, 1.0, 2).value  # 3 in, 1 out, of 4
    0.5
    """
    moved = flow(high, low, close, volume)
    if not isfinite(moved):
        return START
    flows = total(Sum(nan, state.flow, state.n, state.at, state.flow_idle), ring, 0, moved, period)
    past = Sum(nan, state.volume, state.n, state.at, state.volume_idle)
    traded = total(past, ring, int(period), volume, period)
    value = ratio(flows.value, traded.value)
    return State(value, flows.total, traded.total, flows.n, flows.at, flows.idle, traded.idle)


@indicator("cmf")
class Cmf(Indicator):
    """Chaikin's money flow: what part of the volume closed high in its bars, less what closed low, -1 to 1.

    Formula: sum(flow) / sum(volume), flow = ((close - low) - (high - close)) / (high - low) * volume
    Warm-up: period bars.
    Reference: TA-Lib CMF (which says 0 where nothing was traded).
    """

    group = "volume"
    columns = ("high", "low", "close", "volume")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, description="bars in the window")

    def memory(self) -> int:
        """Flow and volume of each bar."""
        return 2 * self.period
