"""What a venue changed from one recorded day to another, in words."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from cryptoflow.market.listings.terms import Terms

TOLD = {
    "lot": "the lot",
    "tick": "the tick",
    "least": "the least quantity",
    "min_notional": "the least order",
    "maker": "the maker fee",
    "taker": "the taker fee",
}


class Change(NamedTuple):
    """One thing that was another the recorded day before."""

    day: date
    symbol: str
    what: str


def changes(course: Iterable[tuple[date, Mapping[str, Terms]]]) -> Iterator[Change]:
    """Yield what changed from each recorded day to the next, for every symbol that one of the two days has."""
    before: Mapping[str, Terms] | None = None
    for day, terms in course:
        for symbol in sorted({*(before or terms), *terms}):
            was = terms.get(symbol) if before is None else before.get(symbol)
            yield from (Change(day, symbol, what) for what in told(was, terms.get(symbol)))
        before = terms


def told(before: Terms | None, after: Terms | None) -> Iterator[str]:
    """Yield what is different in the terms of a symbol; None is one that is not listed.

    >>> list(told(Terms("BTC", "USDT", lot=1e-05), Terms("BTC", "USDT", lot=1e-06)))
    ['the lot went from 0.00001 to 0.000001']
    >>> list(told(Terms("LUNA", "USDT"), Terms("LUNA", "USDT", active=False))), list(told(None, None))
    (['is traded no longer'], [])
    """
    if after is None or before is None:
        if before is not after:
            yield "is listed no longer" if after is None else "is listed from here on"
        return
    if before.active != after.active:
        yield "is traded from here on" if after.active else "is traded no longer"
    for field, name in TOLD.items():
        was, became = getattr(before, field), getattr(after, field)
        if was != became:
            yield f"{name} went from {shown(was)} to {shown(became)}"


def shown(number: float | None) -> str:
    """Return a number as people write it.

    >>> shown(1e-08), shown(10.0), shown(None)
    ('0.00000001', '10', 'unknown')
    """
    if number is None:
        return "unknown"
    text = f"{number:.12f}".rstrip("0").rstrip(".")
    return text if float(text) == number else f"{number:g}"
