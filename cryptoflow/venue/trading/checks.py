"""What an order has to keep to before the venue takes it."""

from decimal import Decimal

from cryptoflow.venue.listing import Listing
from cryptoflow.venue.trading.order import BUY, Pair, Wish
from cryptoflow.venue.trading.unacceptable import Unacceptable

MOST_QUANTITY = MOST_NOTIONAL = Decimal(9_000_000)
MOST_PRICE = Decimal(10_000_000)
MOST_ORDERS = 200
MOST_DECIMALS = 8


def check(wish: Wish, listing: Listing, last: Decimal) -> None:
    """Refuse a wish that breaks a filter of its market, where `last` was paid last."""
    for number in (wish.quantity, wish.spend, wish.price, wish.trigger):
        exponent = number.normalize().as_tuple().exponent
        if not isinstance(exponent, int) or exponent < -MOST_DECIMALS:
            raise Unacceptable("precision")
    for wanted, price in ((wish.limited, wish.price), (wish.waits, wish.trigger)):
        if wanted and not (listing.tick <= price <= MOST_PRICE and price % listing.tick == 0):
            raise Unacceptable("price")
    if not wish.spend and not fits(wish.quantity, listing):
        raise Unacceptable("lot")
    price = wish.price if wish.limited else wish.trigger if wish.waits else last
    if not listing.least <= (wish.spend or wish.quantity * price) <= MOST_NOTIONAL:
        raise Unacceptable("notional")


def fits(quantity: Decimal, listing: Listing) -> bool:
    """Say whether a quantity is a whole number of lots, not too few and not too many."""
    return listing.lot <= quantity <= MOST_QUANTITY and quantity % listing.lot == 0


def check_arrival(wish: Wish, now: Decimal, last: Decimal) -> None:
    """Refuse a stop that the market is beyond, before and after it comes; and a maker that would take."""
    if wish.kind == "limit_maker" and crosses(wish, now):
        raise Unacceptable("takes")
    if wish.waits and all(price <= wish.trigger if wish.falls else price >= wish.trigger for price in (now, last)):
        raise Unacceptable("triggers")


def crosses(wish: Wish, price: Decimal) -> bool:
    """Say whether an order with a limit trades at once where the market's price is this.

    >>> crosses(Wish("BTCUSDT", 1, "limit", price=Decimal(100)), Decimal(101))
    False
    """
    return price <= wish.price if wish.side == BUY else price >= wish.price


def check_pair(pair: Pair, last: Decimal) -> None:
    """Refuse two orders that do not lie on either side of the market."""
    above, below = (each.trigger if each.waits else each.price for each in (pair.above, pair.below))
    if not below < last < above:
        raise Unacceptable("relation")
