"""What a venue says of orders, and how it can fail to."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from cryptoflow.domain.orders import OrderState


class Deal(NamedTuple):
    """A fill as the venue tells it, once and for all: `id` is the venue's, times are epoch milliseconds."""

    id: str
    order: str
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    at: int
    maker: bool


class Report(NamedTuple):
    """How an order stands at the venue: `order` is its client order id, `filled` and `cost` are sums over its fills.

    `deals` are fills that came with it, not all there are. `reason` is the venue's own word for how it ended.
    """

    order: str
    symbol: str
    state: OrderState
    filled: Decimal
    cost: Decimal
    at: int
    venue_id: str
    deals: tuple[Deal, ...] = ()
    triggered_at: int | None = None
    reason: str = ""
    side: str = ""
    type: str = ""
    quantity: Decimal | None = None
    limit: Decimal | None = None
    trigger: Decimal | None = None


class Balance(NamedTuple):
    """What an account has of a currency: `free` to be used, `locked` in orders."""

    free: Decimal
    locked: Decimal


class Balances(NamedTuple):
    """What an account has, by currency, as it was at a moment."""

    at: int
    of: Mapping[str, Balance]


class Cut(NamedTuple):
    """The stream of an account's own events is gone; what happens meanwhile has to be asked for."""

    reason: str


class Joined(NamedTuple):
    """It is there again, or for the first time; everything said from now on is heard."""


Said = Report | Balances | Cut | Joined
"""What comes over an account's own stream."""


class Refused(Exception):
    """The venue did not take what it was asked: it is not there, and will not be.

    `code` is the venue's own; `kind` is what it means: funds, filter, duplicate, unknown_order, trigger, permission,
    or other.
    """

    def __init__(self, kind: str, code: str, told: str) -> None:
        super().__init__(f"{told} ({code})" if code else told)
        self.kind, self.code, self.told = kind, code, told


class Unsure(Exception):
    """Nobody knows whether the venue did what it was asked: no answer came, or one that does not say."""
