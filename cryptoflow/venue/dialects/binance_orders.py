"""Orders and fills as Binance tells of them when it is asked."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from cryptoflow.venue.dialects.binance_wishes import KIND_NAMES
from cryptoflow.venue.trading.order import BUY, NOTHING, Order, OrderList, Trade

STATES = {
    "new": "NEW",
    "partly": "PARTIALLY_FILLED",
    "filled": "FILLED",
    "cancelled": "CANCELED",
    "expired": "EXPIRED",
}


def exact(number: Decimal) -> str:
    """Return a number with eight decimals, or with more where it has more.

    >>> exact(Decimal("1.5")), exact(Decimal("0.1234567890"))
    ('1.50000000', '0.123456789')
    """
    short = f"{number.normalize():f}"
    decimals = len(short.partition(".")[2])
    return short if decimals > 8 else f"{number:.8f}"


def side_of(side: int) -> str:
    """Return a side's name."""
    return "BUY" if side == BUY else "SELL"


def order_words(order: Order) -> dict[str, Any]:
    """Return what is told of an order everywhere."""
    wish = order.wish
    words = {
        "symbol": wish.symbol,
        "orderId": order.id,
        "orderListId": order.list,
        "clientOrderId": wish.name,
        "price": exact(wish.price),
        "origQty": exact(wish.quantity),
        "executedQty": exact(order.filled),
        "origQuoteOrderQty": exact(wish.spend),
        "cummulativeQuoteQty": exact(order.cost),
        "status": STATES[order.status],
        "timeInForce": wish.time_in_force.upper(),
        "type": KIND_NAMES[wish.kind],
        "side": side_of(wish.side),
    }
    if wish.waits:
        words["stopPrice"] = exact(wish.trigger)
    return words


def full_order(order: Order) -> dict[str, Any]:
    """Return what is told of an order that is asked for."""
    times = {
        "icebergQty": exact(NOTHING),
        "time": order.made_at,
        "updateTime": order.updated_at,
        "isWorking": order.works,
        "workingTime": working_at(order),
        "selfTradePreventionMode": "EXPIRE_MAKER",
    }
    words = order_words(order)
    return words | ({"stopPrice": exact(NOTHING)} if not order.wish.waits else {}) | times


def placed(order: Order, trades: Iterable[Trade], kind: str, at: int) -> dict[str, Any]:
    """Return the answer to a new order: `ACK`, `RESULT` or `FULL`."""
    wish = order.wish
    if kind == "ACK":
        short = {"symbol": wish.symbol, "orderId": order.id, "orderListId": order.list, "clientOrderId": wish.name}
        return short | {"transactTime": at}
    words = order_words(order) | {"transactTime": at, "selfTradePreventionMode": "EXPIRE_MAKER"}
    if order.works:
        words["workingTime"] = working_at(order)
    if kind == "FULL":
        words["fills"] = [_fill(trade) for trade in trades]
    return words


def _fill(trade: Trade) -> dict[str, Any]:
    return {
        "price": exact(trade.price),
        "qty": exact(trade.quantity),
        "commission": exact(trade.fee),
        "commissionAsset": trade.fee_currency,
        "tradeId": trade.id,
    }


def taken_back(order: Order, name: str, at: int) -> dict[str, Any]:
    """Return the answer to the cancelling of an order."""
    told = {"origClientOrderId": order.wish.name, "clientOrderId": name or order.wish.name, "transactTime": at}
    return order_words(order) | told | {"selfTradePreventionMode": "EXPIRE_MAKER"}


def trade_words(trade: Trade, listed: int) -> dict[str, Any]:
    """Return what is told of a fill."""
    return {
        "symbol": trade.symbol,
        "id": trade.id,
        "orderId": trade.order,
        "orderListId": listed,
        "price": exact(trade.price),
        "qty": exact(trade.quantity),
        "quoteQty": exact(trade.cost),
        "commission": exact(trade.fee),
        "commissionAsset": trade.fee_currency,
        "time": trade.at,
        "isBuyer": trade.side == BUY,
        "isMaker": trade.maker,
        "isBestMatch": True,
    }


def list_words(listed: OrderList, orders: Iterable[Order], at: int) -> dict[str, Any]:
    """Return what is told of a list."""
    both = list(orders)
    going = any(order.open for order in both)
    return {
        "orderListId": listed.id,
        "contingencyType": "OCO",
        "listStatusType": "EXEC_STARTED" if going else "ALL_DONE",
        "listOrderStatus": "EXECUTING" if going else "ALL_DONE",
        "listClientOrderId": listed.name,
        "transactionTime": at,
        "symbol": listed.symbol,
        "orders": [
            {"symbol": order.wish.symbol, "orderId": order.id, "clientOrderId": order.wish.name} for order in both
        ],
    }


def working_at(order: Order) -> int:
    """Return since when an order can trade, -1 where it cannot yet."""
    return order.made_at if not order.wish.waits else -1 if order.triggered_at is None else order.triggered_at
