"""A little venue that keeps orders, stops and positions, and a desk at it that dies where a test says.

It refuses what a venue would refuse: to sell what is not held or is put up for sale already, an order of an id that it
has had, a stop where it would trigger at once. What it cannot know by itself, a test tells it beforehand.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from cryptoflow.domain.ports import Answer, Holding
from cryptoflow.domain.recovery.acts import Outcome


class Died(BaseException):
    """The process is gone."""


class Order(NamedTuple):
    """An order that rests and sells."""

    kind: str
    key: str
    quantity: Decimal


class Effect(NamedTuple):
    """Something that the venue did because it was asked to."""

    what: str
    of: str
    key: str


@dataclass
class Venue:
    """What is held, what rests, and all that was done. `odd` says how the next orders of a symbol and kind end."""

    held: dict[str, Decimal] = field(default_factory=dict)
    stops: dict[str, Decimal] = field(default_factory=dict)
    exits: dict[str, Order] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)
    odd: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    sold: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    known: dict[str, Outcome] = field(default_factory=dict)
    off: set[str] = field(default_factory=set)
    bared: set[str] = field(default_factory=set)
    connected: bool = True

    def hold(self, symbol: str, quantity: str, stop: str | None) -> None:
        """Open a position, with its stop resting."""
        self.held[symbol] = Decimal(quantity)
        if stop is not None:
            self.stops[symbol] = Decimal(stop)
            self.exits[symbol] = Order("stop", f"stop of {symbol}", Decimal(quantity))

    def naked(self) -> set[str]:
        """Positions with neither a stop nor a close, which the venue itself did not bare."""
        return {each for each, much in self.held.items() if much > 0 and each not in self.exits}

    def replace(self, symbol: str, kind: str, key: str, quantity: Decimal) -> Outcome:
        """Take what rests back and place another order, in one step."""
        assert self.connected, "nobody asks a venue that it has left"
        if key in self.known:
            return self.now(symbol, key)
        if self.held.get(symbol, Decimal(0)) < quantity or quantity <= 0:
            return Outcome.DONE if not self.held.get(symbol) else Outcome.REFUSED
        way = self.odd.get((symbol, kind), [])
        how = way.pop(0) if way else ""
        if how == "refused":
            return Outcome.REFUSED if symbol in self.exits else Outcome.NAKED
        self.exits.pop(symbol, None)
        if how == "naked":
            self.bared.add(symbol)
            return Outcome.NAKED
        self.effects.append(Effect(kind, symbol, key))
        self.exits[symbol] = Order(kind, key, quantity)
        self.known[key] = Outcome.RESTING
        self.bared.discard(symbol)
        if kind == "stop":
            self.known[key] = Outcome.DONE
        elif how != "rests":
            self.fill(symbol, quantity)
        return self.now(symbol, key)

    def fill(self, symbol: str, quantity: Decimal) -> None:
        """Fill what rests, or a part of it."""
        order = self.exits.pop(symbol)
        self.held[symbol] -= quantity
        self.sold[symbol] += quantity
        if quantity < order.quantity:
            self.exits[symbol] = order._replace(quantity=order.quantity - quantity)
        else:
            self.known[order.key] = Outcome.DONE
        if not self.held[symbol]:
            del self.held[symbol]

    def now(self, symbol: str, key: str) -> Outcome:
        """How an order stands: one that rests no more and is not filled was thrown out."""
        if self.known[key] is Outcome.DONE or symbol not in self.held:
            return Outcome.DONE
        if symbol in self.exits and self.exits[symbol].key == key:
            return Outcome.RESTING
        return Outcome.REFUSED if symbol in self.exits else Outcome.NAKED


class LittleDesk:
    """A desk at the little venue. `calls` hears of each call before and after it, and may die."""

    def __init__(self, venue: Venue, calls: Callable[[str], None]) -> None:
        self.venue, self.calls = venue, calls

    async def entries(self) -> Sequence[str]:
        return self._done(tuple(self.venue.entries))

    async def holdings(self) -> Sequence[Holding]:
        venue = self.venue
        return self._done([Holding(name, much, venue.stops.get(name)) for name, much in venue.held.items()])

    async def cancel(self, order: str, key: str) -> Answer:
        self.calls("before cancel")
        way = self.venue.odd.get((order, "cancel"), [])
        how = way.pop(0) if way else ""
        if how == "refused":
            return self._answer(Outcome.REFUSED)
        symbol = self.venue.entries.pop(order, None)
        if how == "another":
            self.venue.entries["E3"] = symbol or order
        if how == "filled" and symbol is not None:
            self.venue.hold(symbol, "1", "40")
        elif symbol is not None:
            self.venue.effects.append(Effect("cancel", order, key))
        return self._answer(Outcome.DONE)

    async def close(self, symbol: str, key: str, *, limit: bool) -> Answer:
        self.calls("before close")
        kind = "limit" if limit else "market"
        return self._answer(self.venue.replace(symbol, kind, key, self.venue.held.get(symbol, Decimal(0))))

    async def closed(self, symbol: str, key: str) -> Answer:
        self.calls("before closed")
        way = self.venue.odd.get((symbol, "meanwhile"), [])
        how = way.pop(0) if way else ""
        if how == "filled" and symbol in self.venue.exits:
            self.venue.fill(symbol, self.venue.exits[symbol].quantity)
        elif how == "partly" and symbol in self.venue.exits:
            self.venue.fill(symbol, self.venue.exits[symbol].quantity / 2)
        elif how == "thrown out":
            self.venue.exits.pop(symbol)
            self.venue.bared.add(symbol)
        return self._answer(self.venue.now(symbol, key))

    async def protect(self, symbol: str, stop: Decimal, key: str) -> Answer:
        self.calls("before protect")
        resting = self.venue.exits.get(symbol)
        if symbol not in self.venue.held or (resting is not None and resting.kind == "stop"):
            return self._answer(Outcome.DONE)
        assert stop == self.venue.stops[symbol]
        return self._answer(self.venue.replace(symbol, "stop", key, self.venue.held[symbol]))

    async def reduce(self, symbol: str, quantity: Decimal, key: str) -> Answer:
        self.calls("before reduce")
        stop = self.venue.exits.get(symbol)
        outcome = self.venue.replace(symbol, "reduce", key, quantity)
        if outcome is Outcome.DONE and symbol in self.venue.held and stop is not None:
            self.venue.exits[symbol] = Order("stop", stop.key, self.venue.held[symbol])
        return self._answer(outcome)

    async def disable(self, strategy: str, key: str) -> Answer:
        return self._once("disable", strategy, key)

    async def restart(self, component: str, key: str) -> Answer:
        return self._once("restart", component, key)

    async def disconnect(self, key: str) -> Answer:
        answer = self._once("disconnect", "", key)
        self.venue.connected = False
        return answer

    def _once(self, what: str, of: str, key: str) -> Answer:
        self.calls(f"before {what}")
        way = self.venue.odd.get((of, what), [])
        if way and way.pop(0) == "refused":
            return self._answer(Outcome.REFUSED)
        if key not in self.venue.off:
            self.venue.off.add(key)
            self.venue.effects.append(Effect(what, of, key))
        return self._answer(Outcome.DONE)

    def _done(self, found):  # type: ignore[no-untyped-def]
        self.calls("before a look")
        self.calls("after a look")
        return found

    def _answer(self, outcome: Outcome) -> Answer:
        assert self.venue.naked() <= self.venue.bared, "a position without stop and close that nobody bared"
        self.calls("after an act")
        return Answer(outcome)
