"""Binance's words for orders, and ours."""

from collections.abc import Mapping
from decimal import Decimal

from cryptoflow.domain.orders import OrderState

STATES: Mapping[str, OrderState] = {
    "NEW": OrderState.ACKNOWLEDGED,
    "PENDING_NEW": OrderState.ACKNOWLEDGED,
    "PARTIALLY_FILLED": OrderState.PARTIALLY_FILLED,
    "FILLED": OrderState.FILLED,
    "CANCELED": OrderState.CANCELLED,
    "PENDING_CANCEL": OrderState.CANCEL_REQUESTED,
    "REJECTED": OrderState.REJECTED,
    "EXPIRED": OrderState.EXPIRED,
    "EXPIRED_IN_MATCH": OrderState.EXPIRED,
}
"""An order that waits for another of its list to be filled is at the venue as much as one in the book."""

TYPES: Mapping[str, str] = {
    "MARKET": "market",
    "LIMIT": "limit",
    "LIMIT_MAKER": "limit",
    "STOP_LOSS": "stop",
    "STOP_LOSS_LIMIT": "stop_limit",
}

SIDES: Mapping[str, str] = {"BUY": "buy", "SELL": "sell"}

ENDED_SHORT = frozenset({OrderState.CANCELLED, OrderState.REJECTED, OrderState.EXPIRED})
"""States in which an order ended for a reason of its own."""


def type_of(word: str) -> str:
    """Return our word for a type of order; one that we never send keeps its own, in small letters.

    >>> type_of("STOP_LOSS"), type_of("TAKE_PROFIT")
    ('stop', 'take_profit')
    """
    return TYPES.get(word, word.lower())


def figure(value: Decimal) -> str:
    """Return a number as it is sent: all of its digits, and no exponent.

    >>> figure(Decimal("1E-5")), figure(Decimal("0.10000")), figure(Decimal("120"))
    ('0.00001', '0.1', '120')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(text: str) -> Decimal:
    """Return a number of the venue's, which it writes as text; anything else has been through a float."""
    if not isinstance(text, str):
        raise TypeError(f"{text!r} is not the venue's own text")
    return Decimal(text)


def above_zero(text: str) -> Decimal | None:
    """Return a number, None for the 0 that stands where an order has none.

    >>> above_zero("0.00000000"), above_zero("43000.50")
    (None, Decimal('43000.50'))
    """
    value = number(text)
    return value if value > 0 else None
