"""The z-score."""

from math import nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.stdev import State as Window
from cryptoflow.plugins.indicators.stdev import step as deviate
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The score, and the window of mean and squares."""

    value: float = nan
    mean: float = 0.0
    squares: float = 0.0
    n: int = 0
    at: int = 0
    alike: int = 0
    last: float = nan


def step(state: State, ring: Ring, x: float, period: float) -> State:
    """Move the window by one bar and see how far its newest value is from the mean.

    >>> state, ring = State(), [nan] * 2
    >>> for x in (1.0, 3.0, 3.0):
    ...     state = step(state, ring, x, 2)
    ...     print(state.value)
    nan
    1.0
    nan
    """
    past = Window(nan, state.mean, state.squares, state.n, state.at, state.alike, state.last)
    now = deviate(past, ring, x, period)
    value = ratio(x - now.mean, now.value)
    return State(value, now.mean, now.squares, now.n, now.at, now.alike, now.last)


@indicator("zscore")
class Zscore(Indicator):
    """Z-score: how many standard deviations a value is above its mean; NaN in a flat window.

    Formula: (x - sma(x, period)) / stdev(x, period)
    Warm-up: period bars.
    Reference: TA-Lib SMA, STDDEV (whose deviation is 0 in a flat window).
    """

    group = "statistics"
    inputs = ("x",)
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, ge=2, description="bars in the window")
