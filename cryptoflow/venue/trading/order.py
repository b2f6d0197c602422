"""An order at the venue, and what came of it."""

from decimal import Decimal
from typing import Literal, NamedTuple

OrderKind = Literal["market", "limit", "limit_maker", "stop", "stop_limit", "take", "take_limit"]
"""A stop is triggered by a price that gets worse, a take by one that gets better."""

TimeInForce = Literal["gtc", "ioc", "fok"]
OrderStatus = Literal["new", "partly", "filled", "cancelled", "expired"]

BUY, SELL = 1, -1
NOTHING = Decimal(0)


class Wish(NamedTuple):
    """An order as it is asked for: of a market purchase a `quantity`, or how much to `spend`."""

    symbol: str
    side: int
    kind: OrderKind
    quantity: Decimal = NOTHING
    spend: Decimal = NOTHING
    price: Decimal = NOTHING
    trigger: Decimal = NOTHING
    time_in_force: TimeInForce = "gtc"
    name: str = ""
    """The customer's own id of it."""

    @property
    def waits(self) -> bool:
        """Say whether it does nothing before a price triggers it."""
        return self.kind in ("stop", "stop_limit", "take", "take_limit")

    @property
    def falls(self) -> bool:
        """Say whether it is a price from above that triggers it."""
        return (self.side == BUY) == (self.kind in ("take", "take_limit"))

    @property
    def limited(self) -> bool:
        """Say whether it trades at its price or better only."""
        return self.kind in ("limit", "limit_maker", "stop_limit", "take_limit")


class Order(NamedTuple):
    """An order as it stands: times are those of the market, `since` is the moment whose ticks it has had."""

    id: int
    account: str
    wish: Wish
    made_at: int
    updated_at: int
    since: int
    status: OrderStatus = "new"
    filled: Decimal = NOTHING
    cost: Decimal = NOTHING
    triggered_at: int | None = None
    list: int = -1

    @property
    def open(self) -> bool:
        """Say whether anything may still come of it."""
        return self.status in ("new", "partly")

    @property
    def works(self) -> bool:
        """Say whether it can trade, as nothing has to trigger it any more."""
        return not self.wish.waits or self.triggered_at is not None

    @property
    def left(self) -> Decimal:
        """Return what is not filled yet."""
        return self.wish.quantity - self.filled


class Trade(NamedTuple):
    """A fill: of which order, how much at what price, and the fee that was taken for it."""

    id: int
    order: int
    symbol: str
    side: int
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    at: int
    maker: bool

    @property
    def cost(self) -> Decimal:
        """Return what was paid for it in the quote currency, without the fee."""
        return self.quantity * self.price


class Pair(NamedTuple):
    """Two orders of which one takes the other back, as they are asked for; `name` is the customer's own id of both."""

    above: Wish
    below: Wish
    name: str = ""


class OrderList(NamedTuple):
    """Two orders of which one takes the other back."""

    id: int
    account: str
    symbol: str
    name: str
    orders: tuple[int, ...]
    made_at: int
