"""What is meant to be done at a venue, exact to the lot and the tick."""

from decimal import Decimal
from typing import NamedTuple


class Intent(NamedTuple):
    """An order as it is to be sent: `id` is its client order id, computed from the decision.

    `side` is buy or sell; `type` market, limit, stop or stop_limit. A market purchase says how much to `spend` of the
    quote currency, or a `quantity` like every other order. A stop is triggered at `trigger` and then at the market, or
    at `limit`. `guards` tells an order that protects a position from one that changes it.
    """

    id: str
    symbol: str
    side: str
    type: str
    quantity: Decimal | None = None
    spend: Decimal | None = None
    limit: Decimal | None = None
    trigger: Decimal | None = None
    time_in_force: str = "gtc"
    post_only: bool = False
    guards: bool = False


class Bracket(NamedTuple):
    """A stop and a target for the same coins, of which one takes the other back; `id` is their list's."""

    id: str
    stop: Intent
    target: Intent
