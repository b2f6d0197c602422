"""The double exponential moving average."""

from math import nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.ema import State as Ema
from cryptoflow.plugins.indicators.ema import step as ema
from cryptoflow.plugins.kinds import RECURSIVE, Indicator, Lookback
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The value as of this bar, the average, and the average of the average."""

    value: float = nan
    once: float = nan
    twice: float = nan


def step(state: State, x: float, period: float) -> State:
    """Move both averages by one bar and take out the lag of the first.

    >>> step(step(State(), 10.0, 3), 14.0, 3).value  # averages 12 and 11
    13.0
    """
    once = ema(Ema(nan, state.once), x, period)
    twice = ema(Ema(nan, state.twice), once.value, period)
    return State(2 * once.value - twice.value, once.mean, twice.mean)


@indicator("dema")
class Dema(Indicator):
    """Double exponential moving average: an ema less the lag that smoothing it again would show.

    Formula: 2 * ema(x) - ema(ema(x))
    Warm-up: 12 x period bars, since two averages in a row forget more slowly than one.
    Reference: TA-Lib DEMA (which starts from simple averages).
    """

    group = "averages"
    inputs = ("x",)
    settle = RECURSIVE + 2
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, description="bars each average looks back")
