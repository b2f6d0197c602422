"""What is told to a customer."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from cryptoflow.venue.trading.account import Funds
from cryptoflow.venue.trading.order import Order, OrderList, Trade

What = Literal["new", "triggered", "trade", "cancelled", "expired"]


class Happening(NamedTuple):
    """Something happened to an order: how it stands after it, its fill if it was one, and the funds that it moved.

    `listed` is the list that began or ended by it.
    """

    at: int
    what: What
    order: Order
    trade: Trade | None = None
    funds: tuple[tuple[str, Funds], ...] = ()
    listed: OrderList | None = None
    name: str = ""
    """The customer's own id of the request to cancel."""


Listener = Callable[[Happening], None]
