"""Databases as tables for people."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from rich.table import Table


class DatabaseLine(NamedTuple):
    """A database as the table shows it."""

    name: str
    revision: str | None
    needed: str
    events: int
    place: str


def status_table(found: Iterable[DatabaseLine]) -> Table:
    """Return what each database is, and whether it is ready."""
    table = Table("Database", "Revision", "Events", "Where", title="Databases", title_justify="left")
    table.columns[2].justify = "right"
    for each in found:
        table.add_row(each.name, revision(each), f"{each.events:,}", each.place)
    return table


def leases_table(found: Iterable[tuple[str, str, int, int]]) -> Table:
    """Return who holds what: accounts, holders, tokens, and until when in epoch milliseconds."""
    table = Table("Account", "Holder", "Token", "Until, unless renewed", title="Leases", title_justify="left")
    for account, holder, token, until in found:
        table.add_row(account, holder, str(token), f"{datetime.fromtimestamp(until / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC")
    return table


def revision(line: DatabaseLine) -> str:
    """Return a database's revision, and what to do where it is another than this version needs.

    >>> revision(DatabaseLine("database", None, "0001", 0, "here"))
    'none, `cryptoflow db upgrade` brings it to 0001'
    """
    if line.revision == line.needed:
        return line.needed
    if line.revision is not None and line.revision > line.needed:  # revisions are numbered
        return f"{line.revision}, of a newer version; this one needs {line.needed}"
    return f"{line.revision or 'none'}, `cryptoflow db upgrade` brings it to {line.needed}"
