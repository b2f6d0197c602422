"""The most traded symbols of a recorded day."""

from collections.abc import Collection

from cryptoflow.market.listings.terms import Snapshot


def top(snapshot: Snapshot, count: int, quote: str, exclude: Collection[str] = ()) -> tuple[str, ...]:
    """Return up to `count` symbols that were traded against `quote`, those of the largest volume first.

    What is not traded, or has no volume on record, is never chosen; equal volumes go by name.

    >>> from cryptoflow.market.listings.terms import Terms
    >>> terms = {f"{coin}/USDT": Terms(coin, "USDT") for coin in "ABC"}
    >>> top(Snapshot(terms, {"A/USDT": 5.0, "B/USDT": 9.0, "C/USDT": 7.0}), 2, "USDT", exclude=["B/USDT"])
    ('C/USDT', 'A/USDT')
    """
    traded = [
        (-snapshot.volumes.get(symbol, 0.0), symbol)
        for symbol, terms in snapshot.terms.items()
        if terms.active and terms.quote == quote and symbol not in exclude and snapshot.volumes.get(symbol, 0.0) > 0
    ]
    return tuple(symbol for _, symbol in sorted(traded)[:count])
