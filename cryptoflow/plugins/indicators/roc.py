"""The rate of change."""

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.mom import State
from cryptoflow.plugins.indicators.mom import step as mom
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


def step(state: State, ring: Ring, x: float, period: float) -> State:
    """Move the window by one bar.

    >>> state, ring = State(), [float("nan")] * 2
    >>> for x in (4.0, 4.0, 5.0):
    ...     state = step(state, ring, x, 2)
    ...     print(state.value)
    nan
    nan
    25.0
    """
    moved = mom(state, ring, x, period)
    return State(100 * ratio(moved.value, moved.past), moved.past, moved.n, moved.at)


@indicator("roc")
class Roc(Indicator):
    """Rate of change: by how many percent a value has changed over `period` bars.

    Formula: 100 * (x - x[period]) / x[period]
    Warm-up: period + 1 bars.
    Reference: TA-Lib ROC.
    """

    group = "oscillators"
    inputs = ("x",)
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(10, description="bars between the two values")

    def warmup(self) -> int:
        """The bars between, and this one."""
        return self.period + 1
