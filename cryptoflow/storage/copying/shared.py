"""The rows that processes share, taken into another database beside those that it holds already.

A row is known by what names it for ever, not by a number that a database counted: several databases may be brought
together. What of a row may change with time is brought up to date; what may not must be the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Table, select, tuple_, update
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


class Manner(NamedTuple):
    """What names a row of a table, and what of it changes with time; `counted` is a number that nobody relies on."""

    named: tuple[str, ...]
    changes: frozenset[str]
    counted: str = ""


MANNERS: Mapping[str, Manner] = {
    table_of(RunRow).name: Manner(("id",), frozenset({"ended_at", "manifest"})),
    table_of(CommandRow).name: Manner(("id",), frozenset({"state", "answered_at", "answer"})),
    table_of(OutboxRow).name: Manner(("key",), frozenset({"due_at", "state", "attempts", "error"}), "id"),
    table_of(LeaseRow).name: Manner(("name",), frozenset({"holder", "token", "taken_at", "expires_at"})),
    table_of(MarketSnapshotRow).name: Manner(("venue", "symbol", "day"), frozenset()),
}


async def copy_shared(source: AsyncConnection, target: Database, told: Told) -> None:
    """Copy what processes share."""
    for table in TABLES:
        query = await source.run_sync(ordered, table)
        async for rows in partitions(source, query, AT_ONCE):
            async with target.writing() as writing:
                await writing.run_sync(_take, table, rows)
            told(len(rows))


async def missed(source: AsyncConnection, target: AsyncConnection) -> Mapping[str, tuple[int, int]]:
    """Return how many rows of every shared table the source has, and how many of them are not so in the target."""
    found = {}
    for table in TABLES:
        count = wrong = 0
        query = await source.run_sync(ordered, table)
        async for rows in partitions(source, query, AT_ONCE):
            there = await target.run_sync(_those, table, rows)
            count += len(rows)
            wrong += sum(there.get(_name(table, row)) != _content(table, row) for row in rows)
        found[table.name] = (count, wrong)
    return found


def _take(connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
    manner = MANNERS[table.name]
    there = _those(connection, table, rows)
    new = []
    for row in rows:
        known, content = there.get(_name(table, row)), _content(table, row)
        if known is None:
            new.append(row)
        elif known != content:
            _check_changed(table, known, content)
            named = [table.c[name] == content[name] for name in manner.named]
            connection.execute(update(table).where(*named).values({name: content[name] for name in manner.changes}))
    if manner.counted:
        columns = [column for column in table.columns if column.name != manner.counted]
        put(connection, table, columns, [[_content(table, row)[column.name] for column in columns] for row in new])
    else:
        load(connection, table, new)


def _check_changed(table: Table, known: Mapping[str, Any], content: Mapping[str, Any]) -> None:
    manner = MANNERS[table.name]
    told = "/".join(str(content[name]) for name in manner.named)
    odd = sorted(name for name in content if name not in manner.changes and content[name] != known[name])
    if odd:
        raise Foreign(f"the target holds another {told} in {table.name}: {', '.join(odd)} differs")
    if table.name == LEASES and known["token"] > content["token"]:
        raise Foreign(f"the target has given the lease of {told} to somebody since: its token is {known['token']}")


LEASES = table_of(LeaseRow).name


def _those(connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the content of rows that are named like these, by their names."""
    columns = [table.c[name] for name in MANNERS[table.name].named]
    wanted = select(*table.columns).where(tuple_(*columns).in_([_name(table, row) for row in rows]))
    return {_name(table, row): _content(table, row) for row in connection.execute(wanted)}


def _name(table: Table, row: Row[Any]) -> tuple[Any, ...]:
    return tuple(row._asdict()[name] for name in MANNERS[table.name].named)


def _content(table: Table, row: Row[Any]) -> dict[str, Any]:
    return {name: value for name, value in row._asdict().items() if name != MANNERS[table.name].counted}
