"""Orders that are placed, taken back, or both in one step."""

import json
from typing import Any

from cryptoflow.venue.dialects.binance_orders import list_words, placed, taken_back
from cryptoflow.venue.dialects.binance_questions import tape_of, wrong
from cryptoflow.venue.dialects.binance_refusals import missing, refusal_of
from cryptoflow.venue.dialects.binance_wishes import wish_of
from cryptoflow.venue.dialects.dialect import Query, Refusal
from cryptoflow.venue.dialects.questions import whole
from cryptoflow.venue.dialects.teller import Visit
from cryptoflow.venue.trading.order import Order, OrderList
from cryptoflow.venue.trading.unacceptable import Unacceptable


def place(visit: Visit, query: Query) -> dict[str, Any]:
    """Take an order, and return the answer."""
    wish = wish_of(visit.moment, query)
    order = visit.floor.place(visit.account, wish, visit.moment.now)
    kind = query.get("newOrderRespType", "FULL" if wish.kind in ("market", "limit") else "ACK")
    return placed(order, visit.floor.orders.trades_of(order), kind, visit.moment.now)


def take_back(visit: Visit, query: Query, prefix: str = "orig") -> dict[str, Any]:
    """Take an order back, named as it is in a request to cancel or, by another `prefix`, to replace."""
    name = query.get("newClientOrderId" if prefix == "orig" else "cancelNewClientOrderId", "")
    try:
        order = found(visit, query, prefix)
        ended = visit.floor.cancel(order, visit.moment.now, name)
    except Unacceptable as error:
        raise refusal_of(Unacceptable("gone")) from error
    listed = visit.floor.orders.list_of(order)
    if listed is not None:
        return list_told(visit, listed, [taken_back(each, name, visit.moment.now) for each in ended])
    return taken_back(ended[0], name, visit.moment.now)


def found(visit: Visit, query: Query, prefix: str = "orig") -> Order:
    """Return the order that a request names."""
    number, name = (
        ("orderId", "origClientOrderId") if prefix == "orig" else ("cancelOrderId", "cancelOrigClientOrderId")
    )
    symbol = tape_of(visit.moment, query).listing.id
    if not query.get(number) and not query.get(name):
        raise missing(name)
    return visit.floor.orders.find(visit.account.key, symbol, whole(query, number, 0, wrong), query.get(name, ""))


def list_told(visit: Visit, listed: OrderList, reports: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the answer to what was done to a list."""
    orders = [visit.floor.orders[each] for each in listed.orders]
    return list_words(listed, orders, visit.moment.now) | {"orderReports": reports}


def replace_order(visit: Visit, query: Query) -> str:
    """Take an order back and take another one; where the first fails, the second is tried if that is allowed."""
    failed = allowed = None
    back: dict[str, Any] | None = None
    fresh: dict[str, Any] | None = None
    try:
        back = take_back(visit, query, "cancel")
    except Refusal as refusal:
        failed = refusal
    tried = failed is None or query.get("cancelReplaceMode") == "ALLOW_FAILURE"
    if tried:
        try:
            fresh = place(visit, query)
        except Unacceptable as error:
            allowed = refusal_of(error)
        except Refusal as refusal:
            allowed = refusal
    told = {
        "cancelResult": "FAILURE" if failed else "SUCCESS",
        "newOrderResult": "SUCCESS" if fresh else "FAILURE" if tried else "NOT_ATTEMPTED",
        "cancelResponse": back if failed is None else {"code": failed.code, "msg": failed.message},
        "newOrderResponse": {"code": allowed.code, "msg": allowed.message} if allowed else fresh,
    }
    if fresh and back:
        return json.dumps(told)
    partial = bool(fresh or back)
    message = "Order cancel-replace partially failed." if partial else "Order cancel-replace failed."
    raise Refusal(-2021 if partial else -2022, message, 409 if partial else 400, told)
