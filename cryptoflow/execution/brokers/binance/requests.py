"""What is sent to Binance: every number as text, every id ours."""

from cryptoflow.domain.trading.intents import Bracket, Intent
from cryptoflow.execution.brokers.binance.words import figure
from cryptoflow.execution.brokers.dialect import Request

PAGE = 1_000
"""The most rows of an answer."""


def order(market: str, intent: Intent) -> Request:
    """Return what sends an order.

    >>> from decimal import Decimal
    >>> stop = Intent("X", "BTC/USDT", "sell", "stop", quantity=Decimal("0.1"), trigger=Decimal(41000))
    >>> {**order("BTCUSDT", stop).params}  # doctest: +NORMALIZE_WHITESPACE
    {'symbol': 'BTCUSDT', 'side': 'SELL', 'newClientOrderId': 'X', 'newOrderRespType': 'FULL', 'type': 'STOP_LOSS',
     'quantity': '0.1', 'stopPrice': '41000'}
    """
    params: dict[str, str | int] = {
        "symbol": market,
        "side": intent.side.upper(),
        "newClientOrderId": intent.id,
        "newOrderRespType": "FULL",
        "type": kind(intent),
    }
    for name, value in (
        ("quantity", intent.quantity),
        ("quoteOrderQty", intent.spend),
        ("price", intent.limit),
        ("stopPrice", intent.trigger),
    ):
        if value is not None:
            params[name] = figure(value)
    if rests_until(intent):
        params["timeInForce"] = rests_until(intent)
    return Request("private_post_order", params)


def kind(intent: Intent) -> str:
    """Return the venue's type of an order; what may only rest has one of its own.

    >>> kind(Intent("X", "BTC/USDT", "sell", "limit", post_only=True))
    'LIMIT_MAKER'
    """
    if intent.type == "limit":
        return "LIMIT_MAKER" if intent.post_only else "LIMIT"
    return {"market": "MARKET", "stop": "STOP_LOSS", "stop_limit": "STOP_LOSS_LIMIT"}[intent.type]


def rests_until(intent: Intent) -> str:
    """Return the word for how long an order with a limit may rest, none for those that have no choice."""
    return intent.time_in_force.upper() if kind(intent) in ("LIMIT", "STOP_LOSS_LIMIT") else ""


def bracket(market: str, both: Bracket) -> Request:
    """Return what sends a stop and a target: the one that sells dearer, or buys dearer, is the one above."""
    legs = (both.target, both.stop) if both.stop.side == "sell" else (both.stop, both.target)
    quantity = both.stop.quantity
    if quantity is None or quantity != both.target.quantity:
        raise ValueError(f"stop and target are about the same coins, not {quantity} and {both.target.quantity}")
    params: dict[str, str | int] = {
        "symbol": market,
        "side": both.stop.side.upper(),
        "quantity": figure(quantity),
        "listClientOrderId": both.id,
        "newOrderRespType": "FULL",
    }
    for place, each in zip(("above", "below"), legs, strict=True):
        params |= leg(place, each, target=each is both.target)
    return Request("private_post_orderlist_oco", params)


def leg(place: str, intent: Intent, *, target: bool) -> dict[str, str]:
    """Return one half of a bracket; a target waits in the book.

    >>> from decimal import Decimal
    >>> leg("below", Intent("X", "BTC/USDT", "sell", "stop", trigger=Decimal("9.50")), target=False)
    {'belowType': 'STOP_LOSS', 'belowClientOrderId': 'X', 'belowStopPrice': '9.5'}
    """
    params = {f"{place}Type": "LIMIT_MAKER" if target else kind(intent), f"{place}ClientOrderId": intent.id}
    if intent.limit is not None:
        params[f"{place}Price"] = figure(intent.limit)
    if intent.trigger is not None:
        params[f"{place}StopPrice"] = figure(intent.trigger)
    if not target and rests_until(intent):
        params[f"{place}TimeInForce"] = rests_until(intent)
    return params


def cancel(market: str, name: str) -> Request:
    """Return what takes an order back, and with it the other of its list."""
    return Request("private_delete_order", {"symbol": market, "origClientOrderId": name})


def look(market: str, name: str) -> Request:
    """Return what asks how an order stands."""
    return Request("private_get_order", {"symbol": market, "origClientOrderId": name})


def resting() -> Request:
    """Return what asks for all orders that rest, in all markets."""
    return Request("private_get_openorders", {})


def deals(market: str, since: int, after: str | None) -> Request:
    """Return what asks for a page of fills; the venue takes a number or a moment to begin with, never both."""
    begin = {"startTime": max(1, since)} if after is None else {"fromId": int(after) + 1}
    return Request("private_get_mytrades", {"symbol": market, "limit": PAGE, **begin})


def orders(market: str, first: str) -> Request:
    """Return what asks for a page of orders, ended ones too, from one on."""
    return Request("private_get_allorders", {"symbol": market, "orderId": int(first), "limit": PAGE})


def balances() -> Request:
    """Return what asks for what the account has."""
    return Request("private_get_account", {"omitZeroBalances": "true"})
