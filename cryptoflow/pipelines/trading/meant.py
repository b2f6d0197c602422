"""What a decision orders, as it is sent to a venue: whole lots and ticks, spelled exactly."""

from decimal import ROUND_DOWN, Decimal
from math import isnan

from cryptoflow.domain.codes import BUY, OrderType, TimeInForce
from cryptoflow.domain.records import Order, Symbol
from cryptoflow.domain.trading.intents import Intent
from cryptoflow.pipelines.journals.telling import quantity_of

CENTS = Decimal(1).scaleb(-8)
"""The finest step of an amount of the quote currency that is spent."""


def intent_of(order: Order, identity: str, symbol: str, market: Symbol) -> Intent:
    """Return an order of the decision as it is sent; a purchase at market that says what it spends sends just that.

    >>> intent_of(Order(type=1, side=-1, lots=3.0), "id", "BTC/USDT", Symbol(lot=0.001, tick=0.01)).quantity
    Decimal('0.003')
    """
    spends = order.type == OrderType.MARKET and order.side == BUY and not isnan(order.spend)
    return Intent(
        id=identity,
        symbol=symbol,
        side="buy" if order.side == BUY else "sell",
        type=OrderType(order.type).name.lower(),
        quantity=None if spends else quantity_of(order.lots, market.lot, whole=market.whole == 1),
        spend=Decimal(repr(order.spend)).quantize(CENTS, ROUND_DOWN) if spends else None,
        limit=None if order.type in (OrderType.MARKET, OrderType.STOP) else priced(order.limit, market.tick),
        trigger=priced(order.trigger, market.tick) if order.type in (OrderType.STOP, OrderType.STOP_LIMIT) else None,
        time_in_force=TimeInForce(order.time_in_force).name.lower(),
        post_only=order.post_only == 1,
    )


def priced(price: float, tick: float) -> Decimal:
    """Return a price as a whole number of ticks, the nearest; where there are none, as it is.

    >>> priced(95.13000000000001, 0.01), priced(95.125, 0.0)
    (Decimal('95.13'), Decimal('95.125'))
    """
    return round(price / tick) * Decimal(repr(tick)) if tick > 0.0 else Decimal(repr(price))
