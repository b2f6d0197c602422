"""Williams' ultimate oscillator."""

from math import isfinite, isnan, nan
from typing import NamedTuple, Self

from pydantic import Field, model_validator

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.indicators.true_range import spread
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The oscillator, count and place of the window, and the last close."""

    value: float = nan
    n: int = 0
    at: int = 0
    close: float = nan


START = State()


def step(
    state: State, ring: Ring, high: float, low: float, close: float, fast: float, middle: float, slow: float
) -> State:
    """Move the oscillator by one bar; the ring holds buying pressures, then true ranges.

    The sums are made afresh on each bar: three kept ones per window would be all this state is about.

    >>> state, ring = State(), [nan] * 6
    >>> for high, low, close in ((9.0, 7.0, 8.0), (12.0, 8.0, 11.0), (11.0, 9.0, 10.0), (14.0, 10.0, 12.0)):
    ...     state = step(state, ring, high, low, close, 1, 2, 3)
    >>> round(state.value, 9)  # pressures 3, 1, 2 of ranges 4, 2, 4: (4 * 2 / 4 + 2 * 3 / 6 + 6 / 10) / 7
    51.428571429
    """
    if not (isfinite(high) and isfinite(low) and isfinite(close)):
        return START
    if isnan(state.close):
        return State(nan, 0, 0, close)
    at, n, size = state.at, state.n, int(slow)
    ring[at], ring[size + at] = close - min(low, state.close), spread(high, low, state.close)
    if n < size:
        n += 1
    after = at + 1 if at + 1 < size else 0
    if n < size:
        return State(nan, n, after, close)
    pressure = reach = value = 0.0
    for ago in range(size):
        i = at - ago if ago <= at else at - ago + size
        pressure += ring[i]
        reach += ring[size + i]
        if ago + 1 == fast:
            value += 4 * ratio(pressure, reach)
        if ago + 1 == middle:
            value += 2 * ratio(pressure, reach)
    value += ratio(pressure, reach)
    return State(100 * value / 7, n, after, close)


@indicator("uo")
class Uo(Indicator):
    """Ultimate oscillator: how much of the true range was bought, over three windows at once, 0 to 100.

    Without a range in one of the windows it is NaN.

    Formula: 100 * (4 * a(fast) + 2 * a(middle) + a(slow)) / 7, a = sum(close - min(low, close[1])) / sum(true_range)
    Warm-up: slow + 1 bars.
    Reference: TA-Lib ULTOSC (where a window without a range counts as 0).
    """

    group = "oscillators"
    columns = ("high", "low", "close")
    windowed = True
    State = State
    step = staticmethod(step)

    fast: Lookback = Field(7, description="bars in the shortest window")
    middle: Lookback = Field(14, description="bars in the middle window")
    slow: Lookback = Field(28, description="bars in the longest window")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.fast < self.middle < self.slow:
            given = f"{self.fast}, {self.middle}, {self.slow}"
            raise ValueError(f"fast, middle and slow must rise, but are {given}")
        return self

    def warmup(self) -> int:
        """The longest window, and the close before it."""
        return self.slow + 1

    def memory(self) -> int:
        """Pressure and range of each bar."""
        return 2 * self.slow
