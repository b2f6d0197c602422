"""What Binance says on the stream of an account."""

import json
from collections.abc import Iterator
from typing import Any

from cryptoflow.venue.dialects.binance_orders import STATES, exact, side_of, working_at
from cryptoflow.venue.dialects.binance_wishes import KIND_NAMES
from cryptoflow.venue.trading.floor import Floor
from cryptoflow.venue.trading.happening import Happening
from cryptoflow.venue.trading.order import NOTHING

KINDS = {"new": "NEW", "triggered": "NEW", "trade": "TRADE", "cancelled": "CANCELED", "expired": "EXPIRED"}


def reports(happening: Happening, floor: Floor, skew: int) -> Iterator[dict[str, Any]]:
    """Return the events that tell of a happening, in their order."""
    shown = happening.at + skew
    yield execution(happening, shown)
    if happening.listed is not None:
        yield _list_status(happening, floor, shown)
    if happening.funds:
        yield {
            "e": "outboundAccountPosition",
            "E": shown,
            "u": happening.at,
            "B": [
                {"a": currency, "f": exact(each.free), "l": exact(each.locked)} for currency, each in happening.funds
            ],
        }


def execution(happening: Happening, shown: int) -> dict[str, Any]:
    """Return the report of what has happened to an order."""
    order, trade = happening.order, happening.trade
    wish, taken_back = order.wish, happening.what == "cancelled"
    told: dict[str, Any] = {
        "e": "executionReport",
        "E": shown,
        "s": wish.symbol,
        "c": happening.name or wish.name if taken_back else wish.name,
        "S": side_of(wish.side),
        "o": KIND_NAMES[wish.kind],
        "f": wish.time_in_force.upper(),
        "q": exact(wish.quantity),
        "p": exact(wish.price),
        "P": exact(wish.trigger),
        "F": exact(NOTHING),
        "g": order.list,
        "C": wish.name if taken_back else "",
        "x": KINDS[happening.what],
        "X": STATES[order.status],
        "r": "NONE",
        "i": order.id,
        "l": exact(trade.quantity if trade else NOTHING),
        "z": exact(order.filled),
        "L": exact(trade.price if trade else NOTHING),
        "n": exact(trade.fee if trade else NOTHING),
        "N": trade.fee_currency if trade else None,
        "T": happening.at,
        "t": trade.id if trade else -1,
        "w": order.open and order.works,
        "m": bool(trade and trade.maker),
        "O": order.made_at,
        "Z": exact(order.cost),
        "Y": exact(trade.cost if trade else NOTHING),
        "Q": exact(wish.spend),
        "V": "EXPIRE_MAKER",
    }
    return told | ({"W": working_at(order)} if order.works else {})


def _list_status(happening: Happening, floor: Floor, shown: int) -> dict[str, Any]:
    listed = happening.listed
    assert listed is not None
    going = happening.order.open
    orders = [floor.orders[number] for number in listed.orders]
    return {
        "e": "listStatus",
        "E": shown,
        "s": listed.symbol,
        "g": listed.id,
        "c": "OCO",
        "l": "EXEC_STARTED" if going else "ALL_DONE",
        "L": "EXECUTING" if going else "ALL_DONE",
        "r": "NONE",
        "C": listed.name,
        "T": happening.at,
        "O": [{"s": listed.symbol, "i": order.id, "c": order.wish.name} for order in orders],
    }


def wrapped(event: dict[str, Any]) -> str:
    """Return an event as it goes to whoever has subscribed to an account."""
    return json.dumps({"subscriptionId": 0, "event": event})
