"""Orders, and what a venue tells of them, for tests of what is made of that."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import OrderCreated
from cryptoflow.domain.journal.recorded import Draft, Head, Recorded, record
from cryptoflow.domain.orders import OrderState
from cryptoflow.domain.trading.lives import Life, begun
from cryptoflow.domain.trading.reports import Deal, Report

BEGIN = 1_700_000_000_000
SYMBOL = "BTC/USDT"
QUANTITY = Decimal("0.4")
LOT = Decimal("0.1")
PRICE = Decimal(1000)


def meant(order: str = "ORDER1", **others: Any) -> OrderCreated:
    """Return a limit order as it is meant."""
    return OrderCreated(
        **{
            "order": order,
            "symbol": SYMBOL,
            "strategy": "trend",
            "side": "buy",
            "leg": "entry",
            "type": "limit",
            "quantity": QUANTITY,
            "price": PRICE,
            "notional": QUANTITY * PRICE,
            "stop": Decimal(980),
            "cap": Decimal(500),
            "correlation": None,
            "correlation_limit": None,
            "decided_at": BEGIN - 60_000,
            "attempt": 1,
            "reason": "signal",
            "venue": "binance",
            "limit": PRICE,
            **others,
        }
    )


def guard(order: str, quantity: str = "0.4", trigger: str | None = "980", **others: Any) -> OrderCreated:
    """Return a stop for a position as it is meant, or with `trigger` None its target."""
    level = None if trigger is None else Decimal(trigger)
    kind = "limit" if level is None else "stop"
    return meant(
        order, side="sell", leg="exit", type=kind, quantity=Decimal(quantity), trigger=level, guards=True,
        **{"limit": None, **others},
    )  # fmt: skip


def standing(state: OrderState, event: OrderCreated | None = None, **others: Any) -> Life:
    """Return an order in a state; one that is filled in part or in whole has the fills for it."""
    lots = {OrderState.PARTIALLY_FILLED: 1, OrderState.FILLED: 4}.get(state, 0)
    life = filled(begun(event or meant(), BEGIN), lots)
    return replace(life, **{"state": state, **others})


def filled(life: Life, lots: int) -> Life:
    """Return an order of which the first lots are booked."""
    trades = frozenset(f"{SYMBOL}-{number}" for number in range(1, lots + 1))
    return replace(life, filled=lots * LOT, cost=lots * LOT * PRICE, booked=trades)


def deal(number: int, order: str = "ORDER1") -> Deal:
    """Return the fill of a lot."""
    return Deal(str(number), order, SYMBOL, "buy", LOT, PRICE, Decimal("0.1"), "USDT", BEGIN + number, maker=True)


def deals(first: int, last: int) -> tuple[Deal, ...]:
    """Return the fills of some lots, counted from 1."""
    return tuple(map(deal, range(first, last + 1)))


def report(state: OrderState, lots: int = 0, told: tuple[Deal, ...] = (), **others: Any) -> Report:
    """Return how a venue says that the order stands, with so many lots filled."""
    return Report(
        **{
            "order": "ORDER1",
            "symbol": SYMBOL,
            "state": state,
            "filled": lots * LOT,
            "cost": lots * LOT * PRICE,
            "at": BEGIN + 10,
            "venue_id": "77",
            "deals": told,
            **others,
        }
    )


def journal(*told: tuple[Event, int]) -> list[Recorded]:
    """Return events and their moments as a journal keeps them."""
    recorded: list[Recorded] = []
    head = Head()
    for version, (event, at) in enumerate(told, 1):
        recorded.append(record("main", head, version, Draft(event, at)))
        head = Head(recorded[-1].seq, recorded[-1].hash)
    return recorded


def names(events: Iterable[Event]) -> list[str]:
    """Return the names of events."""
    return [event.name for event in events]
