"""The standard deviation, and the window of mean and squares that bollinger and zscore share."""

from math import isfinite, nan, sqrt
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The deviation, the mean, the squared distances from it, count and place, and the last value's run."""

    value: float = nan
    mean: float = 0.0
    squares: float = 0.0
    n: int = 0
    at: int = 0
    alike: int = 0
    last: float = nan


START = State()


def slide(state: State, ring: Ring, x: float, period: float) -> State:
    """Let `x` into the window and the oldest value out; `alike` counts how often `x` came in a row.

    Mean and squares are moved by differences (Welford), because a difference of two large sums of squares
    would leave nothing of a small deviation at a high price.
    """
    if not isfinite(x):
        return START
    at, n, mean, squares = state.at, state.n, state.mean, state.squares
    before = mean
    if n < period:
        n += 1
        mean += (x - before) / n
        squares += (x - before) * (x - mean)
    else:
        old = ring[at]
        mean += (x - old) / period
        squares += (x - old) * ((x - mean) + (old - before))
    ring[at] = x
    at += 1
    if at >= period:  # once around: start afresh, so that rounding never piles up
        at, mean, squares = 0, 0.0, 0.0
        for i in range(int(period)):
            mean += ring[i]
        mean /= period
        for i in range(int(period)):
            squares += (ring[i] - mean) * (ring[i] - mean)
    alike = state.alike + 1 if x == state.last else 1
    if alike >= n:  # a flat window deviates by exactly nothing
        mean, squares = x, 0.0
    if n < period:
        return State(nan, mean, squares, n, at, alike, x)
    return State(sqrt(squares / period) if squares > 0.0 else 0.0, mean, squares, n, at, alike, x)


def step(state: State, ring: Ring, x: float, period: float) -> State:
    """Move the window by one bar.

    >>> state, ring = State(), [nan] * 2
    >>> for x in (1.0, 3.0, 9.0, 9.0):
    ...     state = step(state, ring, x, 2)
    ...     print(state.value)
    nan
    1.0
    3.0
    0.0
    """
    return slide(state, ring, x, period)


@indicator("stdev")
class Stdev(Indicator):
    """Standard deviation of the last `period` values, as of a whole population.

    Formula: sqrt(sum((x - mean) * (x - mean)) / period)
    Warm-up: period bars.
    Reference: TA-Lib STDDEV.
    """

    group = "volatility"
    inputs = ("x",)
    windowed = True
    State = State
    step = staticmethod(step)

    period: Lookback = Field(20, ge=2, description="bars in the window")
