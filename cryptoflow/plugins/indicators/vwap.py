"""The volume-weighted average price over a rolling window."""

from pydantic import Field

from cryptoflow.plugins.indicators.vwma import State
from cryptoflow.plugins.indicators.vwma import step as vwma
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


def step(state: State, ring: Ring, high: float, low: float, close: float, volume: float, period: float) -> State:
    """Move the average of the bars' typical prices by one bar.

    >>> state, ring = State(), [float("nan")] * 4
    >>> state = step(state, ring, 12.0, 9.0, 9.0, 1.0, 2)
    >>> step(state, ring, 22.0, 19.0, 19.0, 3.0, 2).value  # typical prices 10 and 20
    17.5
    """
    return vwma(state, ring, (high + low + close) / 3, volume, period)


@indicator("vwap")
class Vwap(Indicator):
    """Volume-weighted average price: what was paid on average over the last `period` bars.

    It rolls, since a market that never closes has no session to start from.

    Formula: sum(typical * volume) / sum(volume), typical = (high + low + close) / 3
    Warm-up: period bars.
    Reference: TA-Lib VWMA, TYPPRICE (whose own VWAP never lets go of a bar).
    """

    group = "volume"
    columns = ("high", "low", "close", "volume")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, description="bars in the window")

    def memory(self) -> int:
        """Worth and volume of each bar."""
        return 2 * self.period
