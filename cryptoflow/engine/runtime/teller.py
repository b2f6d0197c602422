"""Lines of the tape as events on the bus, in words instead of numbers."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from cryptoflow.domain.records import BUY, SELL, Leg, Line, OrderType, Reason, Topic, Wallet
from cryptoflow.domain.review import ALLOCATION, CASH
from cryptoflow.engine.plan import Plan
from cryptoflow.engine.runtime.bus import Bus
from cryptoflow.engine.runtime.events import (
    Event,
    OrderCancelled,
    OrderFilled,
    OrderPlaced,
    OrderRefused,
    RoundClosed,
    TradeClosed,
)

TYPES, LEGS, REASONS = (tuple(word.name.lower() for word in words) for words in (OrderType, Leg, Reason))
SIDES = {BUY: "buy", SELL: "sell"}


class Words(NamedTuple):
    """What the numbers on a line stand for."""

    symbols: tuple[str, ...]
    strategies: tuple[str, ...]
    rules: dict[int, str]

    @classmethod
    def of(cls, plan: Plan, strategies: Sequence[str]) -> "Words":
        """Return the words of a plan whose strategies go by these ids."""
        rules = {-1: "", CASH: "cash", ALLOCATION: "allocation"}
        return cls(plan.symbols, tuple(strategies), rules | {n: rule.name for n, rule in enumerate(plan.verbs.rules)})

    def placed(self, line: Line) -> Event:
        """Return an order as an event."""
        return OrderPlaced(
            line.at,
            self.symbols[line.symbol],
            self.strategies[line.strategy],
            line.number,
            SIDES[line.side],
            TYPES[line.type],
            LEGS[line.leg],
            line.lots,
            line.price,
            line.wanted,
            line.notional,
            REASONS[line.reason],
            self.rules[line.rule],
        )

    def refused(self, line: Line) -> Event:
        """Return a refusal as an event."""
        return OrderRefused(
            line.at,
            self.symbols[line.symbol],
            self.strategies[line.strategy],
            LEGS[line.leg],
            line.price,
            line.wanted,
            line.notional,
            REASONS[line.reason],
            self.rules[line.rule],
        )

    def filled(self, line: Line) -> Event:
        """Return a fill as an event."""
        return OrderFilled(
            line.at,
            self.symbols[line.symbol],
            self.strategies[line.strategy],
            line.number,
            SIDES[line.side],
            TYPES[line.type],
            LEGS[line.leg],
            line.lots,
            line.price,
            line.notional,
            line.fee,
            line.slippage,
            REASONS[line.reason],
        )

    def cancelled(self, line: Line) -> Event:
        """Return a cancel as an event."""
        return OrderCancelled(
            line.at,
            self.symbols[line.symbol],
            self.strategies[line.strategy],
            line.number,
            SIDES[line.side],
            TYPES[line.type],
            LEGS[line.leg],
            line.lots,
            REASONS[line.reason],
        )

    def closed(self, line: Line) -> Event:
        """Return a closed trade as an event."""
        return TradeClosed(
            line.at,
            self.symbols[line.symbol],
            self.strategies[line.strategy],
            line.opened_at,
            line.bars,
            line.lots,
            line.entry_price,
            line.price,
            line.notional,
            line.profit,
            line.share,
            line.fee,
            line.slippage,
            REASONS[line.reason],
        )


TOLD: dict[int, tuple[str, Callable[[Words, Line], Event]]] = {
    Topic.ORDER: (OrderPlaced.name, Words.placed),
    Topic.REFUSED: (OrderRefused.name, Words.refused),
    Topic.FILL: (OrderFilled.name, Words.filled),
    Topic.CANCEL: (OrderCancelled.name, Words.cancelled),
    Topic.TRADE: (TradeClosed.name, Words.closed),
}
"""The event of each topic of the tape: its name, and how it is made."""


class Teller:
    """Tells the bus what a round did; an event that nobody hears is not made."""

    def __init__(self, bus: Bus, words: Words, timeframe: int) -> None:
        self.bus, self.words, self.timeframe = bus, words, timeframe

    def tell(self, at: int, lines: Sequence[Line], wallet: Wallet) -> None:
        """Tell of the lines of the round that opened at `at`, then of its close."""
        bus = self.bus
        for line in lines:
            name, event_of = TOLD[line.topic]
            if bus.hearing(name):
                bus.publish(event_of(self.words, line))
        if bus.hearing(RoundClosed.name):
            account = (wallet.equity, wallet.cash, wallet.positions, wallet.open_orders)
            bus.publish(RoundClosed(at + self.timeframe, *account))
