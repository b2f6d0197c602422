"""What an earlier pass of the same process saw at the next bar."""

from math import nan
from typing import NamedTuple

from cryptoflow.domain.records import Bar, Held, Signal
from cryptoflow.plugins.kinds import Strategy
from cryptoflow.plugins.registry import strategy

SEEN = [nan] * 100_000


class State(NamedTuple):
    bars: int = 0
    last: float = nan


@strategy("seer")
class Seer(Strategy):
    """Buy before a rise, from the second pass on."""

    State = State

    @staticmethod
    def decide(state: State, bar: Bar, held: Held, signal: Signal) -> State:
        ahead = SEEN[state.bars + 1]
        SEEN[state.bars] = bar.close
        rise = ahead - bar.close if ahead == ahead else bar.close - state.last
        signal.enter = int(held.lots == 0.0 and rise > 0.0)
        signal.leave = int(held.lots > 0.0 and rise < 0.0)
        signal.stop_distance = 0.05 * bar.close
        return State(state.bars + 1, bar.close)
