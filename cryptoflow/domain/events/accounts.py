"""What happens to an account: its positions, its closed trades, what it is worth and how much it risks."""

from dataclasses import dataclass
from decimal import Decimal

from cryptoflow.domain.events.event import Event


@dataclass(frozen=True, slots=True)
class PositionChanged(Event):
    """What is held of a symbol after a fill; all of it is told, so that the newest one says everything."""

    name = "position.changed"
    symbol: str
    strategy: str
    quantity: Decimal
    average_price: Decimal
    cost: Decimal
    fees: Decimal
    opened_at: int

    @property
    def stream(self) -> str:
        """Return the position's own stream."""
        return f"position/{self.symbol}"


@dataclass(frozen=True, slots=True)
class TradeClosed(Event):
    """A round trip came to its end; `profit` is after fees."""

    name = "trade.closed"
    trade: str
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

    @property
    def stream(self) -> str:
        """Return the position's own stream."""
        return f"position/{self.symbol}"


@dataclass(frozen=True, slots=True)
class EquityMarked(Event):
    """What the account was worth at a moment."""

    name = "equity.marked"
    equity: Decimal
    cash: Decimal | None

    @property
    def stream(self) -> str:
        """Return the stream of the curve."""
        return "equity"


@dataclass(frozen=True, slots=True)
class RiskMeasured(Event):
    """How much was at stake in a minute: `exposure` in money, `drawdown` a share, `score` of 100."""

    name = "risk.measured"
    equity: Decimal
    exposure: Decimal
    drawdown: float
    score: float

    @property
    def stream(self) -> str:
        """Return the stream of the curve."""
        return "risk"


@dataclass(frozen=True, slots=True)
class MoneyMoved(Event):
    """Money came or went, as the venue tells under `reference`: neither profit nor loss."""

    amount: Decimal
    currency: str
    reference: str

    @property
    def stream(self) -> str:
        """Return the stream of what comes and goes."""
        return "transfers"


@dataclass(frozen=True, slots=True)
class AccountDeposited(MoneyMoved):
    """Money came to the account."""

    name = "account.deposited"


@dataclass(frozen=True, slots=True)
class AccountWithdrawn(MoneyMoved):
    """Money left the account."""

    name = "account.withdrawn"
