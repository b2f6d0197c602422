"""What is locked for orders, and how fills are paid from it."""

from decimal import Decimal

from cryptoflow.venue.listing import Listing
from cryptoflow.venue.trading.account import Account
from cryptoflow.venue.trading.order import BUY, NOTHING, Order, Trade


class Purses:
    """What is locked per order; the two orders of a list have one purse."""

    def __init__(self) -> None:
        self._held: dict[int, Decimal] = {}

    def hold(self, account: Account, order: Order, listing: Listing, amount: Decimal) -> None:
        """Let so much be locked for an order from now on; what is not free for it is refused."""
        had = self._held.get(_purse(order), NOTHING)
        account.move(paid_in(order, listing), had - amount, amount - had)
        self._keep(order, amount)

    def settle(self, account: Account, order: Order, listing: Listing, trade: Trade, amount: Decimal) -> None:
        """Pay a fill from an order's purse, in which `amount` stays, and from what is free; too little is refused."""
        had = self._held.get(_purse(order), NOTHING)
        buys, fee_in_base = trade.side == BUY, trade.fee_currency == listing.base
        fees = (trade.fee, NOTHING) if fee_in_base else (NOTHING, trade.fee)
        spent = trade.cost + fees[1] if buys else trade.quantity
        account.move(paid_in(order, listing), had - amount - spent, amount - had)
        gained = trade.quantity - fees[0] if buys else trade.cost - fees[1]
        account.move(listing.base if buys else listing.quote, gained)
        self._keep(order, amount)

    def _keep(self, order: Order, amount: Decimal) -> None:
        if amount:
            self._held[_purse(order)] = amount
        else:
            self._held.pop(_purse(order), None)


def paid_in(order: Order, listing: Listing) -> str:
    """Return the currency that an order gives away."""
    return listing.quote if order.wish.side == BUY else listing.base


def _purse(order: Order) -> int:
    return order.id if order.list < 0 else -order.list
