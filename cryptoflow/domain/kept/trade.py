"""A closed round trip."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Trade:
    """From the first fill of a position to its last, at `at`; `profit` is after fees."""

    account: str
    id: str
    at: int
    symbol: str
    strategy: str
    opened_at: int
    quantity: Decimal
    entry_price: Decimal
    exit_price: Decimal
    cost: Decimal
    profit: Decimal
    fees: Decimal
    bars: int
    reason: str
