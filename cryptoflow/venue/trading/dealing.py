"""How much an order gets at what price, and what that costs."""

from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import NamedTuple

from cryptoflow.venue.listing import Listing
from cryptoflow.venue.tape import Tape
from cryptoflow.venue.trading.house import House
from cryptoflow.venue.trading.order import BUY, Order, Trade, Wish
from cryptoflow.venue.trading.reach import Level
from cryptoflow.venue.trading.unacceptable import Unacceptable

FINEST = Decimal("1E-8")


class Quote(NamedTuple):
    """The next tick of a market: its bar and its price."""

    row: int
    price: Decimal


def quote(tape: Tape, at: int) -> Quote:
    """Return what a market pays at a moment: its first tick from then on, which between two bars is an open."""
    number = tape.played(at - 1) + 1
    if number > int(tape.last[-1]):
        raise Unacceptable("market")
    return Quote(tape.home(number), price_of(tape.tick(number).price, tape.listing))


def last_price(tape: Tape, at: int) -> Decimal:
    """Return what was paid last by a moment, or where the market opens."""
    number = tape.played(at)
    return price_of(tape.tick(number).price if number else int(tape.open[0]), tape.listing)


def price_of(steps: int, listing: Listing) -> Decimal:
    """Return so many steps of a market's price."""
    return Decimal(steps).scaleb(-listing.price_decimals)


def level_of(order: Order, listing: Listing, share: Decimal) -> Level:
    """Return the price that something happens to an order at."""
    wish, buys = order.wish, order.wish.side == BUY
    if not order.works:
        return Level(int(wish.trigger.scaleb(listing.price_decimals)), wish.falls)
    least = -int(-(listing.lot / share).scaleb(listing.quantity_decimals) // 1)
    price = int(wish.price.scaleb(listing.price_decimals))
    return Level(price, down=buys, through=True, open_touches=buys, least=least)


def part(tape: Tape, row: int, left: Decimal, share: Decimal) -> Decimal:
    """Return how much of what is left a bar's volume fills, in whole lots."""
    most = Decimal(int(tape.volume[row])).scaleb(-tape.listing.quantity_decimals) * share
    return min(left, whole(most, tape.listing.lot))


def whole(quantity: Decimal, lot: Decimal) -> Decimal:
    """Return the whole lots in a quantity.

    >>> whole(Decimal("0.12345"), Decimal("0.01"))
    Decimal('0.12')
    """
    return quantity // lot * lot


def slipped(house: House, tape: Tape, row: int, wish: Wish, price: Decimal) -> Decimal:
    """Return the price that an order gets which takes what it can get, where the market's is `price`."""
    volume = int(tape.volume[row]) / 10.0**tape.listing.quantity_decimals
    paid = float(price)
    wanted = float(wish.quantity)
    if wish.spend:
        wanted = float(wish.spend) / (paid * (1.0 + float(charged(house, tape.listing, wish.side))))
    slip = house.slip(wish.side, paid, wanted, volume)
    return Decimal(paid * (1.0 + wish.side * slip)).quantize(FINEST)


def rate(listing: Listing, *, maker: bool) -> Decimal:
    """Return the share of a fill that is taken as its fee."""
    return Decimal(str(listing.maker if maker else listing.taker))


def charged(house: House, listing: Listing, side: int) -> Decimal:
    """Return the share that a purchase costs on top of its price."""
    return rate(listing, maker=False) if side == BUY and house.fees_in == "quote" else Decimal(0)


def bought(spend: Decimal, price: Decimal, house: House, listing: Listing) -> Decimal:
    """Return how much can be bought for an amount, in whole lots."""
    quantity = whole(spend / (price * (1 + charged(house, listing, BUY))), listing.lot)
    if not quantity:
        raise Unacceptable("lot")
    return quantity


def needed(wish: Wish, left: Decimal, house: House, listing: Listing) -> Decimal:
    """Return what is locked for an order that rests: the coins to be sold, or what they may cost at most."""
    if wish.side != BUY:
        return left
    price = wish.price if wish.limited else wish.trigger
    return (left * price * (1 + charged(house, listing, BUY))).quantize(FINEST, ROUND_UP)


class Deal(NamedTuple):
    """A fill before it is booked: quantity and price, and whether the order had rested."""

    quantity: Decimal
    price: Decimal
    maker: bool = False


def traded(number: int, order: Order, deal: Deal, house: House, listing: Listing, at: int) -> Trade:
    """Return the fill that a deal is, with its fee cut to eight decimals."""
    buys = order.wish.side == BUY
    in_base = buys and house.fees_in == "base"
    paid = deal.quantity if in_base else deal.quantity * deal.price
    fee = (paid * rate(listing, maker=deal.maker)).quantize(FINEST, ROUND_DOWN)
    currency = listing.base if in_base else listing.quote
    return Trade(
        number, order.id, listing.id, order.wish.side, deal.quantity, deal.price, fee, currency, at, deal.maker
    )
