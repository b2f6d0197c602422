"""The store on a terminal: its datasets, one of them by itself, its gaps."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from cryptoflow.market.times import MINUTE, moment, timeframe_name
from cryptoflow.report import words

if TYPE_CHECKING:
    from cryptoflow.market.bars import Bars
    from cryptoflow.market.store.manifest import Manifest, Origin

SHOWN = 3
"""Gaps and defects shown of each kind."""


def datasets_table(manifests: "Sequence[Manifest]") -> Table:
    """Return a row per dataset; where there is no room for them, moments take two lines and names stay whole."""
    table = _spans_table("Bars", "Missing")
    for known in manifests:
        start, end = map(_minute, known.ends) if known.ends else (words.NONE, words.NONE)
        frame = timeframe_name(known.timeframe)
        numbers = (words.whole(known.rows), words.whole(known.missing))
        table.add_row(*map(Text, (known.symbol, frame, known.venue, start, end, *numbers)))
    return table


def manifest_table(known: "Manifest") -> Table:
    """Return what is known of one dataset, in two columns."""
    start, end = map(moment, known.ends or (0, 0))
    facts = {
        "Dataset": str(known.key),
        "From, to": f"{start} to {end}" if known.ends else words.NONE,
        "Bars": f"{known.rows:,}, {known.missing:,} missing, {known.duplicates:,} came twice",
        "Asked for": _few([f"{moment(begin)} to {moment(stop)}" for begin, stop in known.covered]) or words.NONE,
        **_before(known),
        "Gaps": _few([f"{moment(begin)} to {moment(stop)}" for begin, stop in known.gaps]) or "none",
        "Came from": "\n".join(map(_origin, known.origins)),
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


def _before(known: "Manifest") -> dict[str, str]:
    """What is said of time before the first bar that somebody was asked for."""
    return {"None before": moment(known.before[-1][1])} if known.before else {}


def bars_table(bars: "Bars") -> Table:
    """Return a row per bar."""
    table = Table()
    table.add_column("Opens at (UTC)", no_wrap=True)
    for head in ("Open", "High", "Low", "Close", "Volume"):
        table.add_column(head, justify="right")
    columns = (bars.open, bars.high, bars.low, bars.close, bars.volume)
    for row, at in enumerate(bars.open_at.tolist()):
        table.add_row(_minute(at), *(f"{float(column[row]):.12g}" for column in columns))
    return table


def gaps_table(manifests: "Sequence[Manifest]") -> Table:
    """Return a row per gap."""
    table = _spans_table("Bars")
    for known in manifests:
        for start, end in known.gaps:
            bars = words.whole((end - start) // known.timeframe)
            cells = (known.symbol, timeframe_name(known.timeframe), known.venue, _minute(start), _minute(end), bars)
            table.add_row(*map(Text, cells))
    return table


def ready_line(datasets: int, taken: int, ready: int) -> str:
    """Return what the datasets of a list take on the disk, and on how many of them a run starts at once.

    >>> print(ready_line(3, 62_000, 1))
    3 datasets, 60.5 KiB. Runs load 1 of them at once; the first run on another takes a moment longer.
    """
    whole = f"{datasets:,} dataset{'s' * (datasets != 1)}, {size(taken)}."
    if ready == datasets:
        return f"{whole} Runs load {'it' if datasets == 1 else 'all of them'} at once."
    if not ready:
        return f"{whole} The first run on {'it' if datasets == 1 else 'each'} takes a moment longer than later ones."
    return f"{whole} Runs load {ready:,} of them at once; the first run on another takes a moment longer."


def size(count: int) -> str:
    """Return a number of bytes for people.

    >>> size(512), size(14_380_174)
    ('0.5 KiB', '13.7 MiB')
    """
    return f"{count / 2**20:,.1f} MiB" if count >= 2**20 else f"{count / 2**10:,.1f} KiB"


def _spans_table(*numbers: str) -> Table:
    """A table whose rows tell something of a dataset from one moment to another."""
    table = Table()
    for head in ("Symbol", "Timeframe", "Venue"):
        table.add_column(head, no_wrap=True)
    for head in ("From (UTC)", "To (UTC)"):
        table.add_column(head)
    for head in numbers:
        table.add_column(head, justify="right", no_wrap=True)
    return table


def _minute(at: int) -> str:
    """A moment in a column whose head says that it is UTC."""
    return moment(at).removesuffix(" UTC")


def _origin(origin: "Origin") -> str:
    """Where bars came from, when they were added, and what was assumed reading them."""
    begun, ended = (moment(at // MINUTE * MINUTE) for at in (origin.begun_at, origin.ended_at))
    when = f"added on {ended}" if begun == ended else f"added from {begun} to {ended}"
    file = origin.what.removeprefix("import ")
    notes = "".join(f"; {note.removeprefix(f'{file}: ')}" for note in origin.notes)
    return f"{origin.what}: {origin.rows:,} bar{'s' * (origin.rows != 1)}, {when}{notes}"


def _few(texts: Sequence[str]) -> str:
    more = len(texts) - SHOWN
    return "; ".join(texts[:SHOWN]) + (f"; and {more:,} more" if more > 0 else "")
