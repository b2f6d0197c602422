"""What Binance answers to customers' requests."""

import json
from typing import Any

from cryptoflow.venue.dialects.binance_lists import all_lists, cancel_list, new_list, one_list
from cryptoflow.venue.dialects.binance_orders import exact, full_order, taken_back, trade_words
from cryptoflow.venue.dialects.binance_questions import tape_of, wrong
from cryptoflow.venue.dialects.binance_refusals import refusal_of
from cryptoflow.venue.dialects.binance_replacing import found, list_told, place, replace_order, take_back
from cryptoflow.venue.dialects.binance_wishes import wish_of
from cryptoflow.venue.dialects.dialect import Query
from cryptoflow.venue.dialects.questions import whole
from cryptoflow.venue.dialects.teller import Errand, Visit
from cryptoflow.venue.trading.dealing import rate
from cryptoflow.venue.trading.unacceptable import Unacceptable

EVER = 2**53


def account(visit: Visit, _: Query) -> str:
    """Tell what there is on the account, and what trading costs."""
    listing = next(iter(visit.floor.market.tapes.values())).listing
    maker, taker = (exact(rate(listing, maker=maker)) for maker in (True, False))
    funds = [
        {"asset": currency, "free": exact(each.free), "locked": exact(each.locked)}
        for currency, each in sorted(visit.account.funds.items())
    ]
    told = {
        "makerCommission": round(listing.maker * 10_000),
        "takerCommission": round(listing.taker * 10_000),
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": {
            "maker": maker,
            "taker": taker,
            "buyer": exact(rate(listing, maker=True) * 0),
            "seller": "0",
        },
        "canTrade": True,
        "canWithdraw": False,
        "canDeposit": True,
        "updateTime": visit.account.changed_at,
        "accountType": "SPOT",
        "balances": funds,
        "permissions": ["SPOT"],
        "uid": visit.account.number,
    }
    return json.dumps(told)


def new_order(visit: Visit, query: Query) -> str:
    """Take an order."""
    return json.dumps(place(visit, query))


def test_order(visit: Visit, query: Query) -> str:
    """Look at an order as if it were to be taken."""
    visit.floor.checked(visit.account, wish_of(visit.moment, query), visit.moment.now)
    return "{}"


def one_order(visit: Visit, query: Query) -> str:
    """Tell how an order stands."""
    return json.dumps(full_order(found(visit, query)))


def cancel_order(visit: Visit, query: Query) -> str:
    """Take an order back."""
    return json.dumps(take_back(visit, query))


def open_orders(visit: Visit, query: Query) -> str:
    """Tell which orders rest, of a symbol or of all."""
    symbol = tape_of(visit.moment, query).listing.id if "symbol" in query else ""
    return json.dumps([full_order(each) for each in visit.floor.orders.resting(visit.account.key, symbol)])


def cancel_all(visit: Visit, query: Query) -> str:
    """Take all orders of a symbol back."""
    floor, at = visit.floor, visit.moment.now
    symbol = tape_of(visit.moment, query).listing.id
    resting = floor.orders.resting(visit.account.key, symbol)
    if not resting:
        raise refusal_of(Unacceptable("gone"))
    told = []
    for order in resting:
        if floor.orders[order.id].open:
            ended = [taken_back(each, "", at) for each in floor.cancel(order, at)]
            listed = floor.orders.list_of(order)
            told.append(list_told(visit, listed, ended) if listed else ended[0])
    return json.dumps(told)


def all_orders(visit: Visit, query: Query) -> str:
    """Tell of all orders of a symbol, from a number or a moment on."""
    symbol = tape_of(visit.moment, query).listing.id
    since, until = whole(query, "startTime", 0, wrong), whole(query, "endTime", EVER, wrong)
    number, limit = whole(query, "orderId", 0, wrong), _limit(query)
    some = [
        order
        for order in visit.floor.orders.of(visit.account.key, symbol)
        if order.id >= number and since <= order.made_at <= until
    ]
    return json.dumps([full_order(each) for each in _page(some, limit, first=bool(number or since))])


def my_trades(visit: Visit, query: Query) -> str:
    """Tell of the fills of a symbol, of one order, or from a number or a moment on."""
    symbol = tape_of(visit.moment, query).listing.id
    orders = visit.floor.orders
    since, until = whole(query, "startTime", 0, wrong), whole(query, "endTime", EVER, wrong)
    order, number = whole(query, "orderId", 0, wrong), whole(query, "fromId", 0, wrong)
    some = [
        trade
        for trade in orders.trades(visit.account.key, symbol)
        if order in (0, trade.order) and trade.id >= number and since <= trade.at <= until
    ]
    some = _page(some, _limit(query), first=bool(number or since))
    return json.dumps([trade_words(trade, orders[trade.order].list) for trade in some])


def _limit(query: Query) -> int:
    return min(1_000, max(1, whole(query, "limit", 500, wrong)))


def _page(found: list[Any], limit: int, *, first: bool) -> list[Any]:
    return found[:limit] if first else found[-limit:]


def _one_or_all(query: Query) -> int:
    return 6 if "symbol" in query else 80


ERRANDS = {
    ("GET", "/api/v3/account"): Errand(account, lambda _: 20),
    ("POST", "/api/v3/order"): Errand(new_order, lambda _: 1, orders=1),
    ("POST", "/api/v3/order/test"): Errand(test_order, lambda _: 1),
    ("GET", "/api/v3/order"): Errand(one_order, lambda _: 4),
    ("DELETE", "/api/v3/order"): Errand(cancel_order, lambda _: 1),
    ("POST", "/api/v3/order/cancelReplace"): Errand(replace_order, lambda _: 1, orders=1),
    ("GET", "/api/v3/openOrders"): Errand(open_orders, _one_or_all),
    ("DELETE", "/api/v3/openOrders"): Errand(cancel_all, lambda _: 1),
    ("GET", "/api/v3/allOrders"): Errand(all_orders, lambda _: 20),
    ("GET", "/api/v3/myTrades"): Errand(my_trades, lambda query: 5 if "orderId" in query else 20),
    ("POST", "/api/v3/orderList/oco"): Errand(new_list, lambda _: 1, orders=2),
    ("GET", "/api/v3/orderList"): Errand(one_list, lambda _: 4),
    ("DELETE", "/api/v3/orderList"): Errand(cancel_list, lambda _: 1),
    ("GET", "/api/v3/allOrderList"): Errand(all_lists, lambda _: 20),
}
