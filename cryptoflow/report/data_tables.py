"""The store on a terminal: its datasets, one of them by itself, its gaps."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from cryptoflow.market.times import moment, timeframe_name
from cryptoflow.report import words

if TYPE_CHECKING:
    from cryptoflow.market.bars import Bars
    from cryptoflow.market.store.manifest import Manifest

SHOWN = 3
"""Gaps and defects shown of each kind."""


def datasets_table(manifests: "Sequence[Manifest]") -> Table:
    """Return a row per dataset."""
    table = Table()
    for head in ("Symbol", "Timeframe", "Venue", "From", "To"):
        table.add_column(head, no_wrap=True)
    for head in ("Bars", "Missing", "Size"):
        table.add_column(head, justify="right")
    for known in manifests:
        start, end = map(moment, known.ends) if known.ends else (words.NONE, words.NONE)
        frame = timeframe_name(known.timeframe)
        numbers = (words.whole(known.rows), words.whole(known.missing), size(known.size))
        table.add_row(*map(Text, (known.symbol, frame, known.venue, start, end, *numbers)))
    return table


def manifest_table(known: "Manifest") -> Table:
    """Return what is known of one dataset, in two columns."""
    start, end = map(moment, known.ends) if known.ends else (words.NONE, words.NONE)
    facts = {
        "Dataset": str(known.key),
        "From, to": f"{start}, {end}",
        "Bars": f"{known.rows:,}, {known.missing:,} missing, {known.duplicates:,} came twice",
        "Asked for": _few([f"{moment(begin)} to {moment(stop)}" for begin, stop in known.covered]) or words.NONE,
        "Gaps": _few([f"{moment(begin)} to {moment(stop)}" for begin, stop in known.gaps]) or "none",
        "Came from": "; ".join(
            f"{origin.what}: {origin.rows:,} bars, the last on {moment(origin.ended_at).partition(' ')[0]}"
            + "".join(f", {note}" for note in origin.notes)
            for origin in known.origins
        ),
        "Left out": _few([f"{defect.row} ({defect.what})" for defect in known.defects]) or "nothing",
        "Files": f"{len(known.segments):,}, {size(known.size)}",
        "Content": known.content[:12],
    }
    table = Table(show_header=False)
    table.add_column(style="dim")
    table.add_column()
    for name, value in facts.items():
        table.add_row(name, Text(value))
    return table


def bars_table(bars: "Bars") -> Table:
    """Return a row per bar."""
    table = Table()
    table.add_column("Opens at", no_wrap=True)
    for head in ("Open", "High", "Low", "Close", "Volume"):
        table.add_column(head, justify="right")
    columns = (bars.open, bars.high, bars.low, bars.close, bars.volume)
    for row, at in enumerate(bars.open_at.tolist()):
        table.add_row(moment(at), *(f"{float(column[row]):.12g}" for column in columns))
    return table


def gaps_table(manifests: "Sequence[Manifest]") -> Table:
    """Return a row per gap."""
    table = Table()
    for head in ("Symbol", "Timeframe", "Venue", "From", "To"):
        table.add_column(head, no_wrap=True)
    table.add_column("Bars", justify="right")
    for known in manifests:
        for start, end in known.gaps:
            bars = words.whole((end - start) // known.timeframe)
            cells = (known.symbol, timeframe_name(known.timeframe), known.venue, moment(start), moment(end), bars)
            table.add_row(*map(Text, cells))
    return table


def columns_line(mapped: Mapping[str, Any]) -> str:
    """Return what is said of column files in a line.

    >>> columns_line({"files": 1, "bytes": 25_211_584, "most_bytes": 2**31, "hits": 3, "misses": 1, "evictions": 0})
    'ready to be mapped: files 1, 24.0 of 2,048.0 MiB (hits 3, misses 1, made way 0)'
    """
    used, most = (mapped[name] / 2**20 for name in ("bytes", "most_bytes"))
    counts = f"hits {mapped['hits']:,}, misses {mapped['misses']:,}, made way {mapped['evictions']:,}"
    return f"ready to be mapped: files {mapped['files']:,}, {used:,.1f} of {most:,.1f} MiB ({counts})"


def size(count: int) -> str:
    """Return a number of bytes for people.

    >>> size(512), size(14_380_174)
    ('0.5 KiB', '13.7 MiB')
    """
    return f"{count / 2**20:,.1f} MiB" if count >= 2**20 else f"{count / 2**10:,.1f} KiB"


def _few(texts: Sequence[str]) -> str:
    more = len(texts) - SHOWN
    return "; ".join(texts[:SHOWN]) + (f"; and {more:,} more" if more > 0 else "")
