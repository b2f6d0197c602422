"""What a venue can do that a spec may need, as a set of names that can be compared."""

from collections.abc import Mapping
from typing import Any

ABILITIES = ("market", "limit", "stop", "stop_limit", "bracket", "post_only", "ioc", "fok", "spend")
"""The names of all that is asked for; `bracket` is a stop and a target of which one takes the other back."""

ORDER_TYPES: Mapping[str, str] = {
    "MARKET": "market",
    "LIMIT": "limit",
    "STOP_LOSS": "stop",
    "STOP_LOSS_LIMIT": "stop_limit",
    "LIMIT_MAKER": "post_only",
}


def abilities_of(exchange: Any, symbol: str) -> frozenset[str]:
    """Return what can be done in a market, as ccxt's client of its venue knows it.

    What the venue says of the market itself counts for more than what ccxt says of the venue.
    """
    features = ((exchange.features or {}).get("spot") or {}).get("createOrder") or {}
    lists_pairs = hasattr(exchange, "private_post_orderlist_oco")
    return told(features, exchange.market(symbol)["info"], lists_pairs=lists_pairs)


def told(features: Mapping[str, Any], terms: Mapping[str, Any], *, lists_pairs: bool) -> frozenset[str]:
    """Return what ccxt's features and a market's own terms say together.

    >>> features = {"stopLossPrice": True, "timeInForce": {"IOC": True, "FOK": False, "PO": True}}
    >>> sorted(told(features, {}, lists_pairs=False))
    ['ioc', 'limit', 'market', 'post_only', 'stop', 'stop_limit']
    >>> sorted(told(features, {"orderTypes": ["LIMIT", "MARKET", "STOP_LOSS"], "ocoAllowed": True}, lists_pairs=True))
    ['bracket', 'ioc', 'limit', 'market', 'stop']
    """
    durations = features.get("timeInForce") or {}
    says = {
        "market": True,
        "limit": True,
        "stop": bool(features.get("stopLossPrice")),
        "stop_limit": bool(features.get("stopLossPrice")),
        "post_only": bool(durations.get("PO")),
    }
    if "orderTypes" in terms:
        says = {name: kind in terms["orderTypes"] for kind, name in ORDER_TYPES.items()}
    says |= {
        "bracket": lists_pairs and bool(terms.get("ocoAllowed")),
        "ioc": bool(durations.get("IOC")),
        "fok": bool(durations.get("FOK")),
        "spend": bool(terms.get("quoteOrderQtyMarketAllowed", features.get("marketBuyByCost"))),
    }
    return frozenset(name for name, can in says.items() if can)


def missing(needed: frozenset[str], has: frozenset[str]) -> tuple[str, ...]:
    """Return what is needed and not there, in the order of `ABILITIES`.

    >>> missing(frozenset({"bracket", "stop", "market"}), frozenset({"market"}))
    ('stop', 'bracket')
    """
    return tuple(name for name in ABILITIES if name in needed - has)
