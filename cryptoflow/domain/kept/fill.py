"""A part of an order that a venue has filled."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Fill:
    """A fact, known by its venue and by `trade`, the venue's id of it; `fee` is in `fee_currency`."""

    account: str
    venue: str
    trade: str
    at: int
    order: str
    symbol: str
    strategy: str
    side: str
    leg: str
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    reason: str
