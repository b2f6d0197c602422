"""Recorded listings on a terminal: venues, a day of one, the course of a symbol."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from rich.table import Table
from rich.text import Text

from cryptoflow.market.listings.changes import Change, shown
from cryptoflow.market.listings.terms import Snapshot, Terms
from cryptoflow.report import words

HEADS = ("Symbol", "Traded", "Lot", "Tick", "Least order", "Maker", "Taker", "Volume in 24 h")


def venues_table(recorded: Mapping[str, tuple[date, ...]]) -> Table:
    """Return a row per venue: how many days are recorded, from which to which."""
    table = Table()
    for head in ("Venue", "Days", "First", "Last"):
        table.add_column(head, justify="right" if head == "Days" else "left")
    for venue, days in recorded.items():
        table.add_row(*map(Text, (venue, words.whole(len(days)), str(days[0]), str(days[-1]))))
    return table


def terms_table(snapshot: Snapshot) -> Table:
    """Return a row per symbol, the most traded first."""
    table = Table()
    for head in HEADS:
        table.add_column(head, justify="left" if head in HEADS[:2] else "right")
    volumes = snapshot.volumes
    for symbol in sorted(snapshot.terms, key=lambda each: (-volumes.get(each, 0.0), each)):
        volume = volumes.get(symbol)
        told = words.NONE if volume is None else f"{words.whole(volume)} {snapshot.terms[symbol].quote}"
        table.add_row(*map(Text, (symbol, *terms_cells(snapshot.terms[symbol]), told)))
    return table


def terms_cells(terms: Terms) -> tuple[str, ...]:
    """Return the terms of a symbol as people read them.

    >>> terms_cells(Terms("BTC", "USDT", lot=1e-05, taker=0.001))
    ('yes', '0.00001', '–', '–', '–', '0.1%')
    """
    steps = (words.NONE if each is None else shown(each) for each in (terms.lot, terms.tick, terms.min_notional))
    fees = (words.NONE if each is None else f"{each * 100:g}%" for each in (terms.maker, terms.taker))
    return ("yes" if terms.active else "no", *steps, *fees)


def changes_table(changes: Iterable[Change]) -> Table:
    """Return a row per change of a symbol's terms."""
    table = Table()
    for head in ("Day", "What changed"):
        table.add_column(head)
    for change in changes:
        table.add_row(str(change.day), Text(change.what))
    return table


def days_line(venue: str, days: Sequence[date]) -> str:
    """Return a line that says which days of a venue are recorded.

    >>> days_line("binance", [date(2024, 5, 3)])
    '1 day of binance is recorded, 2024-05-03'
    """
    if len(days) == 1:
        return f"1 day of {venue} is recorded, {days[0]}"
    return f"{len(days):,} days of {venue} are recorded, {days[0]} to {days[-1]}"
