"""An order as it stands, with what was allowed when it was reviewed."""

from dataclasses import dataclass
from decimal import Decimal

from cryptoflow.domain.orders import OrderState, is_terminal


@dataclass(frozen=True, slots=True)
class Order:
    """What was meant, and what became of it: `filled` and `cost` are sums over its fills, `at` is when it was made."""

    account: str
    id: str
    at: int
    symbol: str
    strategy: str
    side: str
    leg: str
    type: str
    quantity: Decimal
    price: Decimal
    stop: Decimal | None
    notional: Decimal
    cap: Decimal | None
    correlation: float | None
    correlation_limit: float | None
    decided_at: int
    attempt: int
    state: OrderState
    filled: Decimal
    cost: Decimal
    reason: str
    changed_at: int

    @property
    def is_open(self) -> bool:
        """Say whether something may still happen to it."""
        return not is_terminal(self.state)

    @property
    def left(self) -> Decimal:
        """Return what of it is not filled."""
        return self.quantity - self.filled
