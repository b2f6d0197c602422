"""The triple exponential moving average."""

from math import nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.ema import State as Ema
from cryptoflow.plugins.indicators.ema import step as ema
from cryptoflow.plugins.kinds import RECURSIVE, Indicator, Lookback
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The value as of this bar, and the averages of the first, second and third order."""

    value: float = nan
    once: float = nan
    twice: float = nan
    thrice: float = nan


def step(state: State, x: float, period: float) -> State:
    """Move the three averages by one bar and take out their lag.

    >>> step(step(State(), 8.0, 3), 16.0, 3).value  # averages 12, 10 and 9
    15.0
    """
    once = ema(Ema(nan, state.once), x, period)
    twice = ema(Ema(nan, state.twice), once.value, period)
    thrice = ema(Ema(nan, state.thrice), twice.value, period)
    value = 3 * (once.value - twice.value) + thrice.value
    return State(value, once.mean, twice.mean, thrice.mean)


@indicator("tema")
class Tema(Indicator):
    """Triple exponential moving average: almost without lag, and quick to overshoot.

    Formula: 3 * ema(x) - 3 * ema(ema(x)) + ema(ema(ema(x)))
    Warm-up: 14 x period bars, since three averages in a row forget more slowly than one.
    Reference: TA-Lib TEMA (which starts from simple averages).
    """

    group = "averages"
    inputs = ("x",)
    settle = RECURSIVE + 4
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, description="bars each average looks back")
