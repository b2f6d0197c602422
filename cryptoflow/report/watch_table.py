"""A live market on a terminal: a row per symbol, and in words what happens beside ticks."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from cryptoflow.domain.ticks import Closed, Cut, Filled, Heard, Joined, Missed, Silent, Sound
from cryptoflow.market.times import moment, timeframe_name
from cryptoflow.report import words

HEADS = ("Price", "Spread", "Last bar", "Ticks/s", "Lag p50", "p99", "Gaps", "Lost", "Reconnects")


def watch_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return a row per symbol, of what is known of it by name."""
    table = Table()
    table.add_column("Symbol", no_wrap=True)
    table.add_column("State", no_wrap=True)
    for head in HEADS:
        table.add_column(head, justify="right", no_wrap=True)
    for row in rows:
        cells = (
            row["symbol"],
            row["state"],
            number(row["price"]),
            number(row["spread"]),
            words.NONE if row["bar_at"] is None else f"{moment(row['bar_at'])[11:16]} {number(row['close'])}",
            f"{row['rate']:,.1f}",
            milliseconds(row["lag_p50"]),
            milliseconds(row["lag_p99"]),
            *(words.whole(row[name]) for name in ("gaps", "lost", "reconnects")),
        )
        table.add_row(*map(Text, cells))
    return table


def figures_line(told: Mapping[str, Any]) -> str:
    """Return what was heard in all, and how full the queue was."""
    figures = told["figures"]
    channels = ", ".join(f"{name} {each['events']:,}" for name, each in figures["channels"].items())
    clock, queue = figures["clock"], figures["queue"]
    stored = "" if told["stored"] is None else f"; {sum(told['stored'].values()):,} bars stored"
    return (
        f"{told['venue']} for {told['seconds']:,.0f} s: {channels}; at most {queue['longest']:,} of {queue['bound']:,} "
        f"waiting; its clock {clock['ahead_ms']:+.1f} ms from ours{stored}"
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


def plain(event: Heard) -> dict[str, Any]:
    """Return an event as programs read it.

    >>> plain(Sound("BTC/USDT", "ticks", 5))
    {'event': 'sound', 'symbol': 'BTC/USDT', 'channel': 'ticks', 'heard_at': 5}
    """
    return {"event": type(event).__name__.lower(), **event._asdict()}
