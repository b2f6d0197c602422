"""What a journal is given to keep: orders that are reviewed, sent and filled, in the shares in which they come."""

from collections.abc import Iterator
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

BEGIN, MINUTE = 1_735_689_600_000, 60_000
SYMBOL, STRATEGY = "BTC/USDT", "trend"
QUANTITY, PRICE, NOTIONAL = Decimal("0.00123"), Decimal("81234.56"), Decimal("99.9185088")
FEE = Decimal("0.0999185088")
PER_ORDER = 8


def intent(order: str, at: int) -> OrderCreated:
    """Return an entry as it is meant."""
    return OrderCreated(
        order, SYMBOL, STRATEGY, "buy", "entry", "market", QUANTITY, PRICE, NOTIONAL, Decimal("79609.86"),
        Decimal(100), None, None, at, 1, "signal",
    )  # fmt: skip


def lives(orders: int) -> list[Draft]:
    """Return all that happens to so many orders, a minute each."""
    return [
        Draft(event, BEGIN + number * MINUTE, correlation=f"order/ORDER{number:08}")
        for number in range(orders)
        for event in life(f"ORDER{number:08}", number)
    ]


def life(order: str, number: int) -> Iterator[Event]:
    """Yield what happens to an order that is filled at once."""
    yield OrderReviewed(order, SYMBOL, STRATEGY, "entry", "approved", "", None, None, NOTIONAL, NOTIONAL, "signal")
    yield intent(order, BEGIN + number * MINUTE)
    yield OrderValidated(order, "")
    yield OrderSubmitted(order, "")
    yield FillBooked(
        order, "binance", f"T{number}", SYMBOL, STRATEGY, "buy", "entry", QUANTITY, PRICE, FEE, "USDT", QUANTITY,
        NOTIONAL, "signal",
    )  # fmt: skip
    yield OrderFilled(order, "")
    yield PositionChanged(SYMBOL, STRATEGY, QUANTITY * (number + 1), PRICE, NOTIONAL, FEE, BEGIN)
    yield EquityMarked(Decimal(10_000) + Decimal(number) / 8, None)


def intents(count: int) -> list[Draft]:
    """Return so many entries as they are meant."""
    return [Draft(intent(f"ORDER{number:08}", BEGIN), BEGIN) for number in range(count)]
