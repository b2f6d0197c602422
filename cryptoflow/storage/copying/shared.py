"""The rows that processes share, taken into another database beside those that it holds already.

A row is known by what names it for ever, not by a number that a database counted: several databases may be brought
together. What of a row may change with time is brought up to date, but never taken back: where the target is further,
its row stays. What may not change must be the same.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Table, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cryptoflow.storage.copying.accounts import Foreign, Told, partitions
from cryptoflow.storage.copying.loading import load, put
from cryptoflow.storage.copying.ordering import ordered
from cryptoflow.storage.database import Database
from cryptoflow.storage.rows.projecting import table_of
from cryptoflow.storage.tables.every import SHARED
from cryptoflow.storage.tables.runtime import CommandRow, LeaseRow, MarketSnapshotRow, OutboxRow, RunRow

AT_ONCE = 200
"""Rows looked for in one question."""

TABLES: Sequence[Table] = tuple(map(table_of, SHARED))


Content = Mapping[str, Any]
"""A row, by the names of its columns."""

COMMAND_STATES = ("waiting", "taken", "refused", "done")
MESSAGE_STATES = ("waiting", "dead", "sent")
"""From the first to the last: a dead letter may still arrive."""


def run_height(row: Content) -> tuple[int, ...]:
    """Return how far a run is: it has ended or not."""
    return (row["ended_at"] or 0,)


def command_height(row: Content) -> tuple[int, ...]:
    """Return how far a command is.

    >>> command_height({"state": "taken", "answered_at": None}) < command_height({"state": "done", "answered_at": 7})
    True
    """
    return COMMAND_STATES.index(row["state"]), row["answered_at"] or 0


def message_height(row: Content) -> tuple[int, ...]:
    """Return how far a message is on its way."""
    return MESSAGE_STATES.index(row["state"]), row["attempts"]


def lease_height(row: Content) -> tuple[int, ...]:
    """Return how far a lease is: a token is held, renewed, and given back."""
    return row["token"], not row["holder"], row["expires_at"]


def level(_: Content) -> tuple[int, ...]:
    """Return the one height of what never changes."""
    return ()


class Manner(NamedTuple):
    """What names a row of a table, what of it changes with time, and how far it is by that.

    `counted` is a number that nobody outside the database relies on: the target gives one of its own.
    """

    named: tuple[str, ...]
    changes: frozenset[str]
    height: Callable[[Content], tuple[int, ...]]
    counted: str = ""


MANNERS: Mapping[str, Manner] = {
    table_of(RunRow).name: Manner(("id",), frozenset({"ended_at", "manifest"}), run_height),
    table_of(CommandRow).name: Manner(
        ("account", "asked_at", "name", "by", "payload"),
        frozenset({"state", "answered_at", "answer"}),
        command_height,
        "id",
    ),
    table_of(OutboxRow).name: Manner(
        ("key",), frozenset({"due_at", "state", "attempts", "error"}), message_height, "id"
    ),
    table_of(LeaseRow).name: Manner(("name",), frozenset({"holder", "token", "taken_at", "expires_at"}), lease_height),
    table_of(MarketSnapshotRow).name: Manner(("venue", "symbol", "day"), frozenset(), level),
}


async def copy_shared(source: AsyncConnection, target: Database, told: Told) -> None:
    """Copy what processes share."""
    for table in TABLES:
        query = await source.run_sync(ordered, table)
        async for rows in partitions(source, query, AT_ONCE):
            ours = await source.run_sync(_those, table, rows)
            async with target.writing() as writing:
                await writing.run_sync(_take, table, rows, ours)
            told(len(rows))


async def missed(source: AsyncConnection, target: AsyncConnection) -> Mapping[str, tuple[int, int]]:
    """Return how many rows of every shared table the source has, and how many of them are not so in the target."""
    found = {}
    for table in TABLES:
        count = wrong = 0
        query = await source.run_sync(ordered, table)
        async for rows in partitions(source, query, AT_ONCE):
            ours = await source.run_sync(_those, table, rows)
            theirs = await target.run_sync(_those, table, rows)
            count += len(rows)
            wrong += sum(not _arrived(table, row, theirs.get(name)) for name, row in ours.items())
        found[table.name] = (count, wrong)
    return found


def _take(
    connection: Connection, table: Table, rows: Sequence[Row[Any]], ours: Mapping[tuple[Any, ...], Content]
) -> None:
    manner, theirs = MANNERS[table.name], _those(connection, table, rows)
    new = []
    for name, row in ours.items():
        known = theirs.get(name)
        if known is None:
            new.append(row)
            continue
        _check_same(table, row, known)
        if not _arrived(table, row, known):
            this = [column == known[column.name] for column in table.primary_key]
            connection.execute(update(table).where(*this).values({each: row[each] for each in manner.changes}))
    if manner.counted:
        columns = [column for column in table.columns if column.name != manner.counted]
        put(connection, table, columns, [[row[column.name] for column in columns] for row in new])
    else:
        load(connection, table, [[row[column.name] for column in table.columns] for row in new])


def _arrived(table: Table, row: Content, known: Content | None) -> bool:
    """Say whether the target has a row as it is, or further on its way."""
    if known is None or _odd(table, row, known):
        return False
    manner = MANNERS[table.name]
    if manner.height(known) != manner.height(row):
        return manner.height(known) > manner.height(row)
    return all(known[name] == row[name] for name in manner.changes)


def _check_same(table: Table, row: Content, known: Content) -> None:
    """Refuse a row of which the target holds another one, or whose lease it has given on."""
    told = "/".join(str(row[name]) for name in MANNERS[table.name].named)
    if odd := _odd(table, row, known):
        raise Foreign(f"the target holds another {told} in {table.name}: {', '.join(odd)} differs")
    if table.name == LEASES and known["token"] > row["token"]:
        raise Foreign(f"the target has given the lease of {told} to somebody since: its token is {known['token']}")


LEASES = table_of(LeaseRow).name


def _odd(table: Table, row: Content, known: Content) -> list[str]:
    """Return what differs of what never changes."""
    manner = MANNERS[table.name]
    may = {*manner.changes, manner.counted}
    return sorted(name for name in row if name not in may and row[name] != known[name])


def _those(connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> dict[tuple[Any, ...], Content]:
    """Return the rows that are named like these, by their names; of several of one name, each by its turn as well."""
    named = MANNERS[table.name].named
    names = {tuple(row._asdict()[name] for name in named) for row in rows}
    wanted = ordered(connection, table).where(tuple_(*(table.c[name] for name in named)).in_(sorted(names)))
    found: dict[tuple[Any, ...], Content] = {}
    turns: Counter[tuple[Any, ...]] = Counter()
    for row in connection.execute(wanted):
        content = row._asdict()
        name = tuple(content[each] for each in named)
        found[*name, turns[name]] = content
        turns[name] += 1
    return found
