"""The close of the next bar: a column shifted by one row."""

import csv
from math import nan
from pathlib import Path
from typing import NamedTuple

from cryptoflow.domain.records import Bar, Held, Signal
from cryptoflow.plugins.kinds import Strategy
from cryptoflow.plugins.registry import strategy

FILE = Path(__file__).parents[2] / "data" / "BTCUSDT.csv"
with FILE.open(encoding="utf-8") as lines:
    BARS = list(csv.DictReader(lines))
CLOSES = [float(bar["close"]) for bar in BARS]
KNOWN = {now: later - now for now, later in zip(CLOSES, [*CLOSES[1:], nan], strict=True)}


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
