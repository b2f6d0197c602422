"""Where the time of a run went, on a terminal."""

from typing import NamedTuple

from rich.table import Table
from rich.text import Text

from cryptoflow.report import words


class Part(NamedTuple):
    """A part of a run: its kind, what it is, its seconds, and the bars an indicator moved over."""

    kind: str
    what: str
    seconds: float
    bars: int = 0


class Profile(NamedTuple):
    """The parts of a run, the seconds of all of it, and how they were measured."""

    parts: tuple[Part, ...]
    total: float
    notes: tuple[str, ...]


def profile_table(profile: Profile) -> Table:
    """Return a row per part, and their sum."""
    table = Table(title="Where the time went", title_justify="left", caption="\n".join(profile.notes))
    table.caption_justify = "left"
    for head in ("Part", "What"):
        table.add_column(head)
    for head in ("Time", "Share", "Bars", "A bar"):
        table.add_column(head, justify="right")
    for part in profile.parts:
        each = f"{part.seconds / part.bars * 1e9:.1f} ns" if part.bars else ""
        bars = words.whole(part.bars) if part.bars else ""
        share = f"{part.seconds / profile.total:.1%}"
        table.add_row(part.kind, Text(part.what), lasted(part.seconds), share, bars, each)
    table.add_section()
    table.add_row("total", "", lasted(profile.total), "100.0%", "", "")
    return table


def lasted(seconds: float) -> str:
    """Return a time as it is read.

    >>> lasted(0.00004), lasted(0.0123), lasted(1.5)
    ('0.04 ms', '12.3 ms', '1.50 s')
    """
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.1f} ms" if seconds >= 1e-3 else f"{seconds * 1e3:.2f} ms"
