"""The difference of two averages as a share of the calm one."""

from math import nan
from typing import NamedTuple, Self

from pydantic import Field, model_validator

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.ema import State as Ema
from cryptoflow.plugins.indicators.ema import step as ema
from cryptoflow.plugins.kinds import RECURSIVE, Indicator, Lookback
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The line, its signal and their difference, and the three averages."""

    line: float = nan
    signal: float = nan
    histogram: float = nan
    quick: float = nan
    calm: float = nan
    smooth: float = nan


def step(state: State, x: float, fast: float, slow: float, signal: float) -> State:
    """Move the three averages by one bar.

    >>> step(step(State(), 10.0, 1, 3, 1), 15.0, 1, 3, 3)[:3]  # averages 15 and 12.5, then 0 and 20 averaged
    (20.0, 10.0, 10.0)
    """
    quick = ema(Ema(nan, state.quick), x, fast)
    calm = ema(Ema(nan, state.calm), x, slow)
    line = 100 * ratio(quick.value - calm.value, calm.value)
    smooth = ema(Ema(nan, state.smooth), line, signal)
    return State(line, smooth.value, line - smooth.value, quick.mean, calm.mean, smooth.mean)


@indicator("ppo")
class Ppo(Indicator):
    """Percentage price oscillator: macd in percent of the calm average, so that symbols can be compared.

    Formula: line = 100 * (ema(x, fast) / ema(x, slow) - 1), signal = ema(line, signal), histogram = line - signal
    Warm-up: 12 x (slow + signal) bars.
    Reference: TA-Lib PPO, EMA (which start from simple averages; our signal is the EMA of the PPO).
    """

    group = "oscillators"
    inputs = ("x",)
    outputs = ("line", "signal", "histogram")
    State = State
    step = staticmethod(step)

    fast: Lookback = Field(12, description="bars the quick average looks back")
    slow: Lookback = Field(26, description="bars the calm average looks back")
    signal: Lookback = Field(9, description="bars the average of the line looks back")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.fast >= self.slow:
            raise ValueError(f"fast is {self.fast}, but must be below slow, which is {self.slow}")
        return self

    def warmup(self) -> int:
        """Bars until the calm average and then the signal have forgotten their start."""
        return (RECURSIVE + 2) * (self.slow + self.signal)
