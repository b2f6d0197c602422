"""The relative strength index."""

from math import isfinite, isnan, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.rma import State as Rma
from cryptoflow.plugins.indicators.rma import step as rma
from cryptoflow.plugins.kinds import WILDER, Indicator, Lookback
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The index, the averages of gains and of losses, how many changes they saw, and the last value."""

    value: float = nan
    gain: float = 0.0
    loss: float = 0.0
    n: int = 0
    last: float = nan


def step(state: State, x: float, period: float) -> State:
    """Move the index by one bar.

    >>> state = State()
    >>> for x in (10.0, 11.0, 10.0, 12.0):
    ...     state = step(state, x, 2)
    ...     print(state.value)
    nan
    nan
    50.0
    83.33333333333333
    """
    if not isfinite(x):
        return State(nan, state.gain, state.loss, state.n, state.last)
    if isnan(state.last):
        return State(nan, state.gain, state.loss, state.n, x)
    change = x - state.last
    gain = rma(Rma(nan, state.gain, state.n), change if change > 0.0 else 0.0, period)
    loss = rma(Rma(nan, state.loss, state.n), -change if change < 0.0 else 0.0, period)
    moved = gain.value + loss.value
    value = 50.0 if moved == 0.0 else 100 * gain.value / moved
    return State(value, gain.mean, loss.mean, gain.n, x)


@indicator("rsi")
class Rsi(Indicator):
    """Relative strength index: what part of the recent movement was upward, 0 to 100.

    Formula: 100 * gain / (gain + loss), rma of rises and of falls; 50 where nothing has moved
    Warm-up: 20 x period bars; values from period + 1 on.
    Reference: TA-Lib RSI (which says 0 where nothing has moved).
    """

    group = "oscillators"
    inputs = ("x",)
    settle = WILDER
    State = State
    step = staticmethod(step)

    period: Lookback = Field(14, description="bars the averages look back")
