"""How a venue trades: for whom, and at whose cost."""

from collections.abc import Callable
from decimal import Decimal
from typing import Literal, NamedTuple

from cryptoflow.venue.trading.account import Customer

Slip = Callable[[int, float, float, float], float]
"""By which share of its price an order does worse: from its side (1 buys, -1 sells), price, quantity, bar's volume."""

VOLUME_SHARE = Decimal("0.1")


def unslipped(side: int, price: float, quantity: float, volume: float) -> float:  # noqa: ARG001  # one of many
    """Let every order trade at the market's price."""
    return 0.0


class House(NamedTuple):
    """A venue's customers, and its terms: who pays fees in what, and how much of a bar's volume a limit order gets."""

    customers: tuple[Customer, ...]
    slip: Slip = unslipped
    fees_in: Literal["quote", "base"] = "quote"
    volume_share: Decimal = VOLUME_SHARE
