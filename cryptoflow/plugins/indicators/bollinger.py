"""The Bollinger bands."""

from math import isnan, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.stdev import State as Window
from cryptoflow.plugins.indicators.stdev import step as deviate
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The bands and their width, and the window of mean and squares."""

    middle: float = nan
    upper: float = nan
    lower: float = nan
    width: float = nan
    mean: float = 0.0
    squares: float = 0.0
    n: int = 0
    at: int = 0
    alike: int = 0
    last: float = nan


def step(state: State, ring: Ring, x: float, period: float, deviations: float) -> State:
    """Move the bands by one bar.

    >>> state, ring = State(), [nan] * 2
    >>> for x in (9.0, 11.0):
    ...     state = step(state, ring, x, 2, 2.0)
    >>> state[:4]
    (10.0, 12.0, 8.0, 0.4)
    """
    past = Window(nan, state.mean, state.squares, state.n, state.at, state.alike, state.last)
    now = deviate(past, ring, x, period)
    middle = nan if isnan(now.value) else now.mean
    away = now.value * deviations
    upper, lower, width = middle + away, middle - away, ratio(2 * away, middle)
    return State(middle, upper, lower, width, now.mean, now.squares, now.n, now.at, now.alike, now.last)


@indicator("bollinger")
class Bollinger(Indicator):
    """Bollinger bands: the mean, and `deviations` standard deviations above and below it.

    Formula: middle = sma(x), upper, lower = middle +- deviations * stdev(x), width = (upper - lower) / middle
    Warm-up: period bars.
    Reference: TA-Lib BBANDS.
    """

    group = "bands and channels"
    inputs = ("x",)
    outputs = ("middle", "upper", "lower", "width")
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, ge=2, description="bars in the window")
    deviations: float = Field(2.0, gt=0, le=100, description="standard deviations from middle to band")
