"""Fills as facts: each is booked once, by venue and trade id, in whatever state its order is."""

from collections.abc import Iterable
from decimal import Decimal

from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import FillBooked, OrderPartiallyFilled
from cryptoflow.domain.events.reports import OrderLateFill
from cryptoflow.domain.orders import OrderState
from cryptoflow.domain.trading.lives import Life
from cryptoflow.domain.trading.reports import Deal

AWAITED = frozenset({OrderState.SUBMITTED, OrderState.UNKNOWN, OrderState.ACKNOWLEDGED})
"""States that a fill moves on: it shows that the venue has the order."""


def trade_of(deal: Deal) -> str:
    """Return the id of a fill that no other of its venue has: the venue's own may begin anew with each symbol.

    >>> from decimal import Decimal as D
    >>> trade_of(Deal("28457", "A1", "BTC/USDT", "buy", D(1), D(100), D(0), "USDT", at=0, maker=False))
    'BTC/USDT-28457'
    """
    return f"{deal.symbol}-{deal.id}"


def new_fills(life: Life, deals: Iterable[Deal]) -> tuple[Event, ...]:
    """Return the fills of an order that are not booked yet, each once; one of an order that has ended is late."""
    events: list[Event] = []
    known, filled, cost = set(life.booked), life.filled, life.cost
    for deal in deals:
        if deal.order != life.id or trade_of(deal) in known:
            continue
        known.add(trade_of(deal))
        filled, cost = filled + deal.quantity, cost + deal.quantity * deal.price
        events.append(_fill(life, deal, filled, cost))
        if not life.is_open:
            events.append(OrderLateFill(life.id, trade_of(deal), life.state.value))
    return tuple(events)


def booked(life: Life, deals: Iterable[Deal]) -> tuple[Event, ...]:
    """Return what fills mean that came without a report of their order."""
    events = new_fills(life, deals)
    if events and life.state in AWAITED:
        return (*events, OrderPartiallyFilled(life.id, "its fills say so"))
    return events


def _fill(life: Life, deal: Deal, filled: Decimal, cost: Decimal) -> FillBooked:
    return FillBooked(
        order=life.id,
        venue=life.meant.venue,
        trade=trade_of(deal),
        symbol=life.intent.symbol,
        strategy=life.meant.strategy,
        side=life.intent.side,
        leg=life.meant.leg,
        quantity=deal.quantity,
        price=deal.price,
        fee=deal.fee,
        fee_currency=deal.fee_currency,
        filled=filled,
        cost=cost,
        reason=life.meant.reason,
    )
