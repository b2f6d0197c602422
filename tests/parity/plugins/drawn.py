"""A strategy in Python whose settings decide what it does, so that one compiled variant serves all draws."""

from collections.abc import Mapping
from math import inf
from typing import ClassVar, NamedTuple

from pydantic import Field

from cryptoflow.domain.records import Bar, Held, Signal
from cryptoflow.plugins.kinds import Lookback, Strategy
from cryptoflow.plugins.registry import strategy
from cryptoflow.spec.values import Share


class State(NamedTuple):
    waited: int = 0
    top: float = 0.0
    halved: bool = False


@strategy("drawn_script")
class DrawnScript(Strategy):
    """Wait, buy above the average, sell a part at a profit, add after it, and the rest below the average."""

    let: ClassVar[Mapping[str, str]] = {"mean": "ema(close, period)", "up": "close > mean", "reach": "atr(5)"}
    State = State

    period: Lookback = Field(5, description="bars of the average")
    wait: int = Field(3, ge=0, description="bars between two entries")
    part: Share = Field(Share("50%"), description="share of the position sold at a profit")
    gain: Share = Field(Share("0.2%"), description="profit at which a part is sold")
    size: float = Field(0.0, description="share of the money, 0 to leave it to the sizer")
    stop: float = Field(0.0, description="ranges to the stop, 0 for none")

    @staticmethod
    def decide(
        state: State,
        bar: Bar,
        held: Held,
        signal: Signal,
        mean: float,
        up: float,
        reach: float,
        _period: int,
        wait: int,
        part: float,
        gain: float,
        size: float,
        stop: float,
    ) -> State:
        """Say what is wanted, knowing what is held."""
        top = bar.high if bar.high > state.top else state.top
        signal.score = bar.close - mean
        if held.lots == 0.0:
            if up == 1.0 and state.waited >= wait and held.pending == 0:
                signal.enter = 1
                if size > 0.0:
                    signal.size = size
                if stop > 0.0:
                    signal.stop_distance = stop * reach
                    signal.take_distance = 2.0 * stop * reach
                else:
                    signal.take_at = inf
                return State(0, bar.high, False)
            return State(state.waited + 1, top, False)
        if held.share > gain and not state.halved:
            signal.leave = 1
            signal.leave_share = part
            return State(state.waited, top, True)
        if state.halved and held.adds == 0 and bar.close > bar.open:
            signal.add = 1
        if up == 0.0 or held.bars > 10 * wait + 10:
            signal.leave = 1
        return State(state.waited, top, state.halved)
