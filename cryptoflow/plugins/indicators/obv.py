"""On-balance volume."""

from math import isfinite, isnan, nan
from typing import NamedTuple

from cryptoflow.plugins.kinds import Indicator
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The balance as of this bar and as last known, and the last close."""

    value: float = nan
    balance: float = 0.0
    close: float = nan


def step(state: State, close: float, volume: float) -> State:
    """Move the balance by one bar; the first bar's volume counts as bought.

    >>> state = State()
    >>> for close, volume in ((10.0, 5.0), (11.0, 3.0), (11.0, 9.0), (10.0, 2.0)):
    ...     state = step(state, close, volume)
    ...     print(state.value)
    5.0
    8.0
    8.0
    6.0
    """
    if not (isfinite(close) and isfinite(volume)):
        return State(nan, state.balance, state.close)
    balance = state.balance
    if isnan(state.close) or close > state.close:
        balance += volume
    elif close < state.close:
        balance -= volume
    return State(balance, balance, close)


@indicator("obv")
class Obv(Indicator):
    """On-balance volume: what was traded on rising bars less what was traded on falling ones.

    It counts from the first bar of the run for ever, so only its changes mean something: compare it with its
    own average, `obv() > ema(obv(), 20)`, never with a number.

    Formula: obv[1] + volume on a rise, - volume on a fall
    Warm-up: 1 bar.
    Reference: TA-Lib OBV.
    """

    group = "volume"
    columns = ("close", "volume")
    settle = 1
    State = State
    step = staticmethod(step)
