"""Blau's true strength index."""

from math import isfinite, isnan, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.ema import State as Ema
from cryptoflow.plugins.indicators.ema import step as ema
from cryptoflow.plugins.kinds import RECURSIVE, Indicator, Lookback
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The index, both averages of the changes and of their sizes, and the last value."""

    value: float = nan
    once: float = nan
    twice: float = nan
    size_once: float = nan
    size_twice: float = nan
    last: float = nan


def step(state: State, x: float, slow: float, fast: float) -> State:
    """Move the four averages by one bar.

    >>> state = State()
    >>> for x in (10.0, 14.0, 12.0):
    ...     state = step(state, x, 3, 1)
    >>> round(state.value, 9)  # changes of 4 and -2: 1 on average, 3 without their signs
    33.333333333
    """
    if not isfinite(x):
        return State(nan, state.once, state.twice, state.size_once, state.size_twice, state.last)
    if isnan(state.last):
        return State(nan, nan, nan, nan, nan, x)
    change = x - state.last
    once, size_once = ema(Ema(nan, state.once), change, slow), ema(Ema(nan, state.size_once), abs(change), slow)
    twice = ema(Ema(nan, state.twice), once.value, fast)
    size_twice = ema(Ema(nan, state.size_twice), size_once.value, fast)
    value = 100 * ratio(twice.value, size_twice.value)
    return State(value, once.mean, twice.mean, size_once.mean, size_twice.mean, x)


@indicator("tsi")
class Tsi(Indicator):
    """True strength index: how much of the recent movement went one way, smoothed twice, -100 to 100.

    Formula: 100 * ema(ema(x - x[1], slow), fast) / ema(ema(abs(x - x[1]), slow), fast)
    Warm-up: 12 x (slow + fast) bars.
    Reference: TA-Lib TSI (which starts from simple averages).
    """

    group = "oscillators"
    inputs = ("x",)
    State = State
    step = staticmethod(step)

    slow: Lookback = Field(25, description="bars the first average looks back")
    fast: Lookback = Field(13, description="bars the average of that average looks back")

    def warmup(self) -> int:
        """Bars until the averages have forgotten their start, one after the other."""
        return (RECURSIVE + 2) * (self.slow + self.fast)
