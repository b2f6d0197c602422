"""Little lives of orders, for tests of what keeps them."""

from decimal import Decimal

from cryptoflow.domain.events.accounts import EquityMarked, PositionChanged
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import (
    FillBooked,
    OrderCreated,
    OrderFilled,
    OrderReviewed,
    OrderSubmitted,
    OrderValidated,
)
from cryptoflow.domain.journal.recorded import Draft

BEGIN = 1_700_000_000_000
MINUTE = 60_000
SYMBOL = "BTC/USDT"


def intent(number: int, *, stop: str | None = "98", notional: str = "100", cap: str | None = "100") -> OrderCreated:
    """Return an entry as it is meant."""
    return OrderCreated(
        order=f"ORDER{number}",
        symbol=SYMBOL,
        strategy="trend",
        side="buy",
        leg="entry",
        type="market",
        quantity=Decimal("0.1"),
        price=Decimal(1000),
        notional=Decimal(notional),
        stop=None if stop is None else Decimal(stop),
        cap=None if cap is None else Decimal(cap),
        correlation=None,
        correlation_limit=None,
        decided_at=BEGIN + number * MINUTE,
        attempt=1,
        reason="signal",
    )


def life(number: int) -> list[Event]:
    """Return all that happens to an order that is filled at once."""
    order = f"ORDER{number}"
    reviewed = OrderReviewed(
        order, SYMBOL, "trend", "entry", "approved", "", None, None, Decimal(100), Decimal(100), "signal"
    )
    fill = FillBooked(
        order, "binance", f"T{number}", SYMBOL, "trend", "buy", "entry", Decimal("0.1"), Decimal(1000), Decimal("0.1"),
        "USDT", Decimal("0.1"), Decimal(100), "signal",
    )  # fmt: skip
    held = PositionChanged(SYMBOL, "trend", Decimal("0.1"), Decimal(1000), Decimal(100), Decimal("0.1"), BEGIN)
    return [
        reviewed,
        intent(number),
        OrderValidated(order, ""),
        OrderSubmitted(order, ""),
        fill,
        OrderFilled(order, ""),
        held,
        EquityMarked(Decimal(1000) + Decimal(number) / 8, None),
    ]


def drafts(first: int, count: int = 1) -> list[Draft]:
    """Return the lives of so many orders, a minute each, as they go into a journal."""
    return [
        Draft(event, BEGIN + number * MINUTE, correlation=f"order/ORDER{number}")
        for number in range(first, first + count)
        for event in life(number)
    ]
