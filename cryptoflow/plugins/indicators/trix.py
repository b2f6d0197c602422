"""The rate of change of a triple average."""

from math import nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.ema import State as Ema
from cryptoflow.plugins.indicators.ema import step as ema
from cryptoflow.plugins.kinds import RECURSIVE, Indicator, Lookback
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The rate as of this bar, and the averages of the first, second and third order."""

    value: float = nan
    once: float = nan
    twice: float = nan
    thrice: float = nan


def step(state: State, x: float, period: float) -> State:
    """Move the three averages by one bar and compare the last with itself one bar ago.

    >>> step(step(State(), 8.0, 3), 16.0, 3).value  # averages 12, 10 and 9, which was 8
    12.5
    """
    once = ema(Ema(nan, state.once), x, period)
    twice = ema(Ema(nan, state.twice), once.value, period)
    thrice = ema(Ema(nan, state.thrice), twice.value, period)
    value = 100 * ratio(thrice.value - state.thrice, state.thrice)
    return State(value, once.mean, twice.mean, thrice.mean)


@indicator("trix")
class Trix(Indicator):
    """Trix: by how many percent per bar a thrice smoothed average climbs; what is shorter than `period` is gone.

    Formula: 100 * (t - t[1]) / t[1], t = ema(ema(ema(x)))
    Warm-up: 16 x period bars, since three averages in a row forget more slowly than one.
    Reference: TA-Lib TRIX (which starts from simple averages).
    """

    group = "oscillators"
    inputs = ("x",)
    settle = RECURSIVE + 6
    State = State
    step = staticmethod(step)

    period: Lookback = Field(18, description="bars each average looks back")
