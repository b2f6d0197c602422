"""What an account holds of a symbol."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Position:
    """The newest word on a symbol; a quantity of 0 says that nothing is held any more."""

    account: str
    symbol: str
    strategy: str
    quantity: Decimal
    average_price: Decimal
    cost: Decimal
    fees: Decimal
    opened_at: int
    changed_at: int
