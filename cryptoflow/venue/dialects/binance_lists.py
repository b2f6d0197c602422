"""Pairs of orders of which one takes the other back."""

import json

from cryptoflow.venue.dialects.binance_orders import list_words, placed, taken_back
from cryptoflow.venue.dialects.binance_questions import wrong
from cryptoflow.venue.dialects.binance_refusals import missing, refusal_of
from cryptoflow.venue.dialects.binance_replacing import list_told
from cryptoflow.venue.dialects.binance_wishes import pair_of
from cryptoflow.venue.dialects.dialect import Query
from cryptoflow.venue.dialects.questions import whole
from cryptoflow.venue.dialects.teller import Visit
from cryptoflow.venue.trading.order import OrderList
from cryptoflow.venue.trading.unacceptable import Unacceptable


def new_list(visit: Visit, query: Query) -> str:
    """Take two orders of which one takes the other back."""
    listed = visit.floor.place_pair(visit.account, pair_of(visit.moment, query), visit.moment.now)
    reports = [placed(visit.floor.orders[each], (), "RESULT", visit.moment.now) for each in listed.orders]
    return json.dumps(list_told(visit, listed, reports))


def one_list(visit: Visit, query: Query) -> str:
    """Tell how a list stands."""
    listed = _listed(visit, query, "origClientOrderId")
    orders = [visit.floor.orders[each] for each in listed.orders]
    return json.dumps(list_words(listed, orders, listed.made_at))


def _listed(visit: Visit, query: Query, name: str) -> OrderList:
    if not query.get("orderListId") and not query.get(name):
        raise missing("orderListId")
    number = whole(query, "orderListId", 0, wrong)
    return visit.floor.orders.find_list(visit.account.key, number, query.get(name, ""))


def cancel_list(visit: Visit, query: Query) -> str:
    """Take both orders of a list back."""
    floor, at, name = visit.floor, visit.moment.now, query.get("newClientOrderId", "")
    try:
        listed = _listed(visit, query, "listClientOrderId")
        going = [floor.orders[each] for each in listed.orders if floor.orders[each].open]
        if not going:
            raise Unacceptable("gone")  # noqa: TRY301  # the same answer as for one that never was
        ended = floor.cancel(going[0], at, name)
    except Unacceptable as error:
        raise refusal_of(Unacceptable("gone")) from error
    return json.dumps(list_told(visit, listed, [taken_back(each, name, at) for each in ended]))


def all_lists(visit: Visit, _: Query) -> str:
    """Tell of all lists."""
    orders = visit.floor.orders
    lists = orders.lists(visit.account.key)
    return json.dumps([list_words(each, [orders[number] for number in each.orders], each.made_at) for each in lists])
