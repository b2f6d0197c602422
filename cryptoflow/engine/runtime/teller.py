"""Lines of the tape as events on the bus, in words instead of numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, NamedTuple

from cryptoflow.domain.codes import BUY, SELL, Cause, Guard, Leg, OrderType, Reason, Span, Topic
from cryptoflow.domain.records import Line, Wallet
from cryptoflow.domain.review import ALLOCATION, CASH, PROTECTION, RE_ENTRY, RESUME, TILT
from cryptoflow.domain.tilt.levels import Level
from cryptoflow.engine.plan import Plan
from cryptoflow.engine.runtime.bus import Bus
from cryptoflow.engine.runtime.events import (
    Event,
    GuardActed,
    OrderCancelled,
    OrderFilled,
    OrderPlaced,
    OrderRefused,
    RoundClosed,
    TradeClosed,
)

TYPES, LEGS, REASONS = (tuple(word.name.lower() for word in words) for words in (OrderType, Leg, Reason))
SIDES = {BUY: "buy", SELL: "sell"}


COLUMNS = {"granted": "notional", "exit_price": "price", "cost": "notional", "fees": "fee"}
"""Fields of events that have another name on a line."""

TOLD: dict[int, type[Event]] = {
    Topic.ORDER: OrderPlaced,
    Topic.REFUSED: OrderRefused,
    Topic.FILL: OrderFilled,
    Topic.CANCEL: OrderCancelled,
    Topic.TRADE: TradeClosed,
    Topic.GUARD: GuardActed,
}
"""The event of each topic of the tape."""


class Shape(NamedTuple):
    """An event as a line tells it: its class, what reads its fields off a line, and their words."""

    event: type[Event]
    numbers: Callable[[Line], tuple[Any, ...]]
    words: tuple[Sequence[str] | Mapping[int, str] | None, ...]


class Words:
    """What the numbers on a line stand for."""

    def __init__(self, plan: Plan, strategies: Sequence[str]) -> None:
        rules = {-1: "", CASH: "cash", ALLOCATION: "allocation", RESUME: "resume", PROTECTION: "protection"}
        rules |= {TILT: "tilt", RE_ENTRY: "re_entry"}
        rules |= {number: rule.name for number, rule in enumerate(plan.verbs.rules)}
        by_field: dict[str, Sequence[str] | Mapping[int, str]] = {
            "symbol": plan.symbols,
            "strategy": strategies,
            "side": SIDES,
            "type": TYPES,
            "leg": LEGS,
            "reason": REASONS,
            "rule": rules,
        }
        self.gates = [gate.name for gate in plan.verbs.gates]
        self.shapes: dict[int, Shape] = {}
        for topic, event in TOLD.items():
            if event is GuardActed:
                continue
            names = [field.name for field in fields(event)]
            numbers = attrgetter(*(COLUMNS.get(name, name) for name in names))
            self.shapes[topic] = Shape(event, numbers, tuple(by_field.get(name) for name in names))

    def event_of(self, line: Line) -> Event:
        """Return a line as an event."""
        if line.topic == Topic.GUARD:
            return self.act_of(line)
        event, numbers, words = self.shapes[line.topic]
        told = zip(numbers(line), words, strict=True)
        return event(*[number if known is None else known[number] for number, known in told])

    def act_of(self, line: Line) -> Event:
        """Return a line about the account's discipline as an event; what its rule stands for depends on what it did."""
        what = Guard(line.reason)
        causes = [cause.name.lower() for cause in Cause]
        known = dict.fromkeys((Guard.TRIPPED, Guard.RELEASED, Guard.WARNED), causes) | {Guard.DEMOTED: self.gates}
        levels = [level.name.lower() for level in Level]
        known |= {Guard.TILTED: levels, Guard.CALMED: levels, Guard.LIMIT_REACHED: [span.name.lower() for span in Span]}
        why = known[what][line.rule] if what in known else ""
        return GuardActed(line.at, what.name.lower(), why, line.number, line.value, line.limit)


class Teller:
    """Tells the bus what a round did; an event that nobody hears is not made."""

    def __init__(self, bus: Bus, words: Words, timeframe: int) -> None:
        self.bus, self.words, self.timeframe = bus, words, timeframe

    def tell(self, at: int, lines: Sequence[Line], wallet: Wallet) -> None:
        """Tell of the lines of the round that opened at `at`, then of its close."""
        bus = self.bus
        for line in lines:
            if bus.hearing(TOLD[line.topic].name):
                bus.publish(self.words.event_of(line))
        if bus.hearing(RoundClosed.name):
            account = (wallet.equity, wallet.cash, wallet.positions, wallet.open_orders)
            bus.publish(RoundClosed(at + self.timeframe, *account))
