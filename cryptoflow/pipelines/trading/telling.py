"""What a decision orders where a venue fills it, as events of its journal: what the venue does is told by the venue."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from cryptoflow.domain.codes import BUY
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import OrderCancelled, OrderCancelRequested, OrderCreated, OrderValidated
from cryptoflow.domain.orders import OrderState
from cryptoflow.domain.records import Line
from cryptoflow.domain.trading.hearing import UNSENT
from cryptoflow.domain.trading.intents import Intent
from cryptoflow.domain.trading.lives import Life
from cryptoflow.pipelines.journals.telling import Holding, Teller, exact, hold, reason_of, told_of

Meant = Callable[[Line, str], Intent]


@dataclass
class LiveTeller(Teller):
    """Tells the lines of a decision; fills, and what became of orders, stand in the venue's own words elsewhere.

    `meant` says how an order of a line is sent, `lives` are all orders that are known.
    """

    meant: Meant = field(kw_only=True)
    lives: dict[str, Life] = field(kw_only=True)
    venue: str = field(kw_only=True)

    def _ordered(self, line: Line) -> Iterator[tuple[Event, str]]:
        """An order that is to sell more takes the place of one that was not sent; of one sent it sells the rest."""
        earlier = self.lives.get(self.open[line.number].id) if line.number in self.open else None
        if earlier is not None and earlier.state in UNSENT:
            yield OrderCancelled(earlier.id, "more is to be sold"), earlier.id
        yield from super()._ordered(line)

    def _intended(self, line: Line, order: str, leg: str, granted: Decimal | None) -> Iterator[tuple[Event, str]]:
        for event, of in super()._intended(line, order, leg, granted):
            if isinstance(event, OrderCreated):
                yield as_sent(event, self.meant(line, order), self.venue), of
            elif isinstance(event, OrderValidated):
                yield event, of

    def _filled(self, line: Line) -> Iterator[tuple[Event, str]]:
        """What is held after a fill, which is booked already."""
        holding = self.held.setdefault(line.symbol, Holding())
        quantity = self._quantity(line)
        moved = quantity if line.side == BUY else -quantity
        if line.side == BUY and self.terms.base_fees:
            moved -= exact(line.fee / line.price)
        hold(holding, line, moved, exact(line.notional), exact(line.fee))
        order = self.open[line.number].id if line.number in self.open else ""
        yield told_of(holding, self.terms.symbols[line.symbol], self.terms.strategies[line.strategy]), order

    def _cancelled(self, line: Line) -> Iterator[tuple[Event, str]]:
        """The decision takes an order back, which the venue is asked for where it has it."""
        order = self.open[line.number].id
        life = self.lives[order]
        if life.state in UNSENT:
            yield OrderCancelled(order, reason_of(line)), order
        elif life.is_open and life.state is not OrderState.CANCEL_REQUESTED:
            yield OrderCancelRequested(order, reason_of(line)), order


def as_sent(event: OrderCreated, intent: Intent, venue: str) -> OrderCreated:
    """Return what was meant with everything that a restart needs to know of how it is sent."""
    quantity = event.quantity if intent.quantity is None else intent.quantity
    return replace(
        event,
        quantity=quantity,
        notional=quantity * event.price,
        venue=venue,
        spend=intent.spend,
        limit=intent.limit,
        trigger=intent.trigger,
        time_in_force=intent.time_in_force,
        post_only=intent.post_only,
        guards=intent.guards,
    )
