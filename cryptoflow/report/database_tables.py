"""Databases as tables for people."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from rich.table import Table


class DatabaseLine(NamedTuple):
    """A database as the table shows it."""

    name: str
    revision: str | None
    needed: str
    events: int | None


def status_table(found: Iterable[DatabaseLine]) -> Table:
    """Return what each database is, and whether it is ready."""
    table = Table("Database", "Revision", "Events", title="Databases", title_justify="left")
    table.columns[2].justify = "right"
    for each in found:
        table.add_row(each.name, each.revision or "none", "?" if each.events is None else f"{each.events:,}")
    return table


def leases_table(found: Iterable[tuple[str, str, int, int]]) -> Table:
    """Return who holds what: accounts, holders, tokens, and until when in epoch milliseconds."""
    table = Table("Account", "Holder", "Token", "Until, unless renewed", title="Leases", title_justify="left")
    for account, holder, token, until in found:
        table.add_row(account, holder, str(token), f"{datetime.fromtimestamp(until / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC")
    return table


def advice(found: Sequence[DatabaseLine]) -> Iterator[str]:
    """Yield what to do about databases of another revision than this version needs.

    >>> list(advice([DatabaseLine("database", None, "0001", 0)]))
    ['`cryptoflow db upgrade` brings database to 0001']
    """
    older = [each.name for each in found if each.revision is None or each.revision < each.needed]
    if older:
        yield f"`cryptoflow db upgrade` brings {', '.join(older)} to {found[0].needed}"
    for each in found:
        if each.revision is not None and each.revision > each.needed:  # revisions are numbered
            yield f"{each.name} is of revision {each.revision}, of a newer version; this one needs {each.needed}"
