"""What a rehearsal proves: that nothing was done twice, forgotten or miscounted, and that it would decide so again."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import FillBooked, OrderCreated
from cryptoflow.domain.trading.reports import Balance

NOTHING = Decimal(0)


class Placed(NamedTuple):
    """An order as the venue's own books have it."""

    id: str
    state: str


def books(events: Iterable[Event], capital: Decimal, currency: str) -> dict[str, Decimal]:
    """Return what an account has by the fills of its journal, to the last digit."""
    held: dict[str, Decimal] = defaultdict(lambda: NOTHING, {currency: capital})
    for event in events:
        if isinstance(event, FillBooked):
            base, _, quote = event.symbol.partition("/")
            way = 1 if event.side == "buy" else -1
            held[base] += way * event.quantity
            held[quote] -= way * event.quantity * event.price
            held[event.fee_currency] -= event.fee
    return dict(held)


def miscounted(own: Mapping[str, Decimal], theirs: Mapping[str, Balance]) -> Iterator[str]:
    """Yield the currencies of which the venue has something else than the journal."""
    for currency in sorted({*own, *theirs}):
        said = theirs.get(currency, Balance(NOTHING, NOTHING))
        if own.get(currency, NOTHING) != said.free + said.locked:
            yield f"the journal has {own.get(currency, NOTHING)} {currency}, the venue {said.free + said.locked}"


def misplaced(events: Sequence[Event], placed: Iterable[Placed]) -> Iterator[str]:
    """Yield orders that the venue has twice, or that no journal knows."""
    known = {event.order for event in events if isinstance(event, OrderCreated)}
    counts = Counter(order.id for order in placed)
    yield from (f"order {order} is at the venue {count} times" for order, count in counts.items() if count > 1)
    yield from (f"order {order} is at the venue, and not in the journal" for order in counts if order not in known)
