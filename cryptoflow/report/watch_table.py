"""A live market on a terminal: a row per symbol, and in words what happens beside ticks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from cryptoflow.domain.ticks import Closed, Cut, Filled, Heard, Joined, Missed, Silent, Sound
from cryptoflow.market.times import moment, timeframe_name
from cryptoflow.report import words

Row = Mapping[str, Any]


class Column(NamedTuple):
    """A column: its head, what stands in it, and how it is told in less room; empty: not at all."""

    head: str
    cell: Callable[[Row], str]
    short: Callable[[Row], str] | None = None


COLUMNS = (
    Column("Symbol", lambda row: str(row["symbol"])),
    Column("State", lambda row: str(row["state"]), lambda row: str(row["state"]).partition(":")[0]),
    Column("Price", lambda row: number(row["price"])),
    Column("Spread", lambda row: number(row["spread"])),
    Column("Last bar", lambda row: last_bar(row), lambda row: last_bar(row).partition(" ")[0]),
    Column("Ticks/s", lambda row: f"{row['ticks_per_s']:,.1f}"),
    Column("Lag p50", lambda row: milliseconds(row["lag_p50_ms"])),
    Column("p99", lambda row: milliseconds(row["lag_p99_ms"])),
    Column("Gaps", lambda row: words.whole(row["gaps"])),
    Column("Lost", lambda row: words.whole(row["lost"])),
    Column("Rejoined", lambda row: words.whole(row["reconnects"])),
)

NARROWER = ("Last bar", "State", "Spread", "Last bar", "Lag p50", "Ticks/s", "Rejoined")
"""Which column gives way first where there is no room: it is told in short, or where it is so already not at all."""

BETWEEN = 1
"""Blanks on the right of a column; one more is between two of them."""


def watch_table(rows: Sequence[Row], *, live: bool = False) -> "WatchTable":
    """Return a row per symbol, of what is known of it by name; of a `live` one as many as the screen is high."""
    return WatchTable(rows, live=live)


class WatchTable:
    """A table as wide as whoever draws it has room for: what matters least goes first, and nothing is cut off."""

    def __init__(self, rows: Sequence[Row], *, live: bool) -> None:
        self.rows, self.live = rows, live

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        rows, left = seen(self.rows, console.height - ROUND if self.live else None)
        table = Table(box=SIMPLE_HEAD, padding=(0, BETWEEN, 0, 0), pad_edge=False, show_edge=False)
        columns = fitting(self.rows, options.max_width)
        for column in columns:
            left_side = column.head in ("Symbol", "State")
            table.add_column(column.head, justify="left" if left_side else "right", overflow="fold")
        for row in rows:
            table.add_row(*(Text(column.cell(row)) for column in columns))
        yield table
        if left:
            yield Text(f"and {left:,} more")


ROUND = 4
"""Lines of a screen that are not rows: the head, the line below it, what is left out, and the cursor's."""


def fitting(rows: Sequence[Row], width: int) -> tuple[Column, ...]:
    """Return the columns, shorter and fewer until they fit into so many characters, or nothing is left to give way.

    >>> row = dict.fromkeys(("price", "spread", "bar_open_at_ms", "close", "lag_p50_ms", "lag_p99_ms"))
    >>> row |= dict.fromkeys(("ticks_per_s", "gaps", "lost", "reconnects"), 0) | {"symbol": "BTC/USDT", "state": "cut"}
    >>> [column.head for column in fitting([row], 60)]
    ['Symbol', 'State', 'Price', 'Ticks/s', 'p99', 'Gaps', 'Lost', 'Rejoined']
    """
    columns = list(COLUMNS)
    for head in NARROWER:
        if taken(columns, rows) <= width:
            break
        place = next(place for place, column in enumerate(columns) if column.head == head)
        short = columns[place].short
        columns[place : place + 1] = [] if short is None else [Column(head, short)]
    return tuple(columns)


def taken(columns: Sequence[Column], rows: Sequence[Row]) -> int:
    """Return the characters that columns take side by side."""
    widths = [max([len(column.head), *(len(column.cell(row)) for row in rows)]) for column in columns]
    return sum(widths) + (BETWEEN + 1) * (len(columns) - 1) + BETWEEN


def seen(rows: Sequence[Row], most: int | None) -> tuple[Sequence[Row], int]:
    """Return the rows that there is room for, those in trouble first where not all can be seen, and how many are left.

    >>> seen([{"state": "sound"}, {"state": "cut"}], 1)
    ([{'state': 'cut'}], 1)
    """
    if most is None or len(rows) <= max(1, most):
        return rows, 0
    ordered = sorted(rows, key=lambda row: row["state"] == "sound")
    return ordered[: max(1, most)], len(rows) - max(1, most)


def last_bar(row: Row) -> str:
    """Return when the last bar opened, and where it closed."""
    at = row["bar_open_at_ms"]
    return words.NONE if at is None else f"{moment(at)[11:16]} {number(row['close'])}"


def figures_line(told: Mapping[str, Any]) -> str:
    """Return what was heard in all, and how full the queue was."""
    figures = told["figures"]
    channels = ", ".join(f"{name} {each['events']:,}" for name, each in figures["channels"].items())
    clock, queue = figures["clock"], figures["queue"]
    ahead = words.NONE if clock["ahead_ms"] is None else f"{clock['ahead_ms']:+.1f} ms"
    stored = "" if told["stored"] is None else f"; {sum(told['stored'].values()):,} bars stored"
    return (
        f"{told['venue']} for {told['seconds']:,.0f} s: {channels}; at most {queue['longest']:,} of {queue['bound']:,} "
        f"waiting; its clock {ahead} from ours{stored}"
    )


def number(value: float | None) -> str:
    """Return a price with as many digits as say something.

    >>> number(61234.5), number(0.00001234), number(1e-12), number(None)
    ('61234.5', '0.00001234', '0', '–')
    """
    return words.NONE if value is None else f"{value:.8f}".rstrip("0").rstrip(".")


def milliseconds(value: float | None) -> str:
    """Return a lag.

    >>> milliseconds(0.4567), milliseconds(1234.5), milliseconds(None)
    ('0.46 ms', '1,234 ms', '–')
    """
    if value is None:
        return words.NONE
    return f"{value:.2f} ms" if abs(value) < 100 else f"{value:,.0f} ms"


def line_of(event: Heard) -> str | None:
    """Return what is worth a line of an event, None for those of which there are thousands."""
    match event:
        case Closed():
            name, opened = timeframe_name(event.timeframe), moment(event.open_at)
            return f"{event.symbol} {name} of {opened} closed at {number(event.close)}, volume {number(event.volume)}"
        case Missed():
            return f"{event.symbol} {event.channel}: missed what comes after {after(event)}"
        case Filled():
            return f"{event.symbol} {event.channel}: {event.found:,} found of what comes after {after(event)}"
        case Silent():
            return f"{event.symbol} {event.channel}: silent since {moment(event.since)}"
        case Sound():
            return f"{event.symbol} {event.channel}: speaks again"
        case Cut():
            return f"connection {event.connection} to {event.venue} is cut: {event.reason}"
        case Joined():
            away = f", away for {event.away / 1000:,.1f} s" if event.away else ""
            return f"connection {event.connection} to {event.venue} is there{away}"
        case _:
            return None


def after(event: Missed | Filled) -> str:
    """Return where a hole begins: the bar before it, or a number."""
    return moment(event.after) if " " in event.channel else f"{event.after:,}"


UNITS = {
    "at": "at_ms",
    "open_at": "open_at_ms",
    "since": "since_ms",
    "away": "away_ms",
    "heard_at": "heard_at_ns",
}
"""What fields are called for programs, to which a name has to say its unit."""


def plain(event: Heard) -> dict[str, Any]:
    """Return an event as programs read it; where it is one of bars, their length is written as a spec does.

    >>> plain(Sound("BTC/USDT", "ticks", 5))
    {'event': 'sound', 'symbol': 'BTC/USDT', 'channel': 'ticks', 'heard_at_ns': 5}
    """
    told = {UNITS.get(name, name): value for name, value in event._asdict().items()}
    if "timeframe" in told:
        told["timeframe"] = timeframe_name(told["timeframe"])
    return {"event": type(event).__name__.lower(), **told}
