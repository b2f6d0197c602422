"""Orders as customers of Binance ask for them."""

from decimal import Decimal, InvalidOperation
from typing import TypeVar

from cryptoflow.venue.dialects.binance_questions import tape_of, wrong
from cryptoflow.venue.dialects.binance_refusals import missing, needless
from cryptoflow.venue.dialects.dialect import Moment, Query, Refusal
from cryptoflow.venue.trading.order import BUY, NOTHING, SELL, OrderKind, Pair, TimeInForce, Wish

Value = TypeVar("Value")

KINDS: dict[str, OrderKind] = {
    "MARKET": "market",
    "LIMIT": "limit",
    "LIMIT_MAKER": "limit_maker",
    "STOP_LOSS": "stop",
    "STOP_LOSS_LIMIT": "stop_limit",
    "TAKE_PROFIT": "take",
    "TAKE_PROFIT_LIMIT": "take_limit",
}
KIND_NAMES = {kind: name for name, kind in KINDS.items()}
FORCES: dict[str, TimeInForce] = {"GTC": "gtc", "IOC": "ioc", "FOK": "fok"}
SIDES = {"BUY": BUY, "SELL": SELL}


def wish_of(moment: Moment, query: Query) -> Wish:
    """Return the order that is asked for."""
    tape = tape_of(moment, query)
    side = _one(SIDES, query, "side", Refusal(-1117, "Invalid side."))
    kind = _one(KINDS, query, "type", Refusal(-1116, "Invalid orderType."))
    for name in ("trailingDelta", "icebergQty"):
        if name in query:
            raise needless(name)
    quantity, spend = _number(query, "quantity"), _number(query, "quoteOrderQty")
    if spend and (quantity or kind != "market" or side != BUY):
        raise needless("quoteOrderQty")
    if not quantity and not spend:
        raise missing("quantity")
    wish = Wish(tape.listing.id, side, kind, quantity, spend, name=query.get("newClientOrderId", ""))
    return _priced(wish, query, "price", "stopPrice", "timeInForce")


def pair_of(moment: Moment, query: Query) -> Pair:
    """Return the two orders that are asked for."""
    tape = tape_of(moment, query)
    side = _one(SIDES, query, "side", Refusal(-1117, "Invalid side."))
    quantity = _number(query, "quantity")
    if not quantity:
        raise missing("quantity")
    legs = []
    for leg in ("above", "below"):
        kind = _one(KINDS, query, f"{leg}Type", Refusal(-1116, "Invalid orderType."))
        if kind in ("market", "limit"):
            raise Refusal(-1116, "Invalid orderType.")
        wish = Wish(tape.listing.id, side, kind, quantity, name=query.get(f"{leg}ClientOrderId", ""))
        legs.append(_priced(wish, query, f"{leg}Price", f"{leg}StopPrice", f"{leg}TimeInForce"))
    above, below = legs
    if above.waits == below.waits:
        raise Refusal(-1116, "Invalid orderType.")
    return Pair(above, below, query.get("listClientOrderId", ""))


def _priced(wish: Wish, query: Query, price: str, trigger: str, force: str) -> Wish:
    """Return a wish with its prices, all those that its kind needs and no others."""
    for name, needed in ((price, wish.limited), (trigger, wish.waits)):
        if needed and not _number(query, name):
            raise missing(name)
        if not needed and _number(query, name):
            raise needless(name)
    forced = wish.limited and wish.kind != "limit_maker"
    if forced != (force in query):
        raise missing(force) if forced else needless(force)
    in_force: TimeInForce = "gtc"
    if forced:
        in_force = _one(FORCES, query, force, Refusal(-1115, "Invalid timeInForce."))
        if in_force != "gtc" and wish.waits:
            raise Refusal(-1115, "Invalid timeInForce.")
    return wish._replace(price=_number(query, price), trigger=_number(query, trigger), time_in_force=in_force)


def _one(known: dict[str, Value], query: Query, name: str, otherwise: Refusal) -> Value:
    if name not in query:
        raise missing(name)
    if query[name] not in known:
        raise otherwise
    return known[query[name]]


def _number(query: Query, name: str) -> Decimal:
    text = query.get(name, "")
    if not text:
        return NOTHING
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise wrong(name) from error
    if not number.is_finite() or number < 0:
        raise wrong(name)
    return number
