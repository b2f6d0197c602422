"""An account's events and rows out of one state of a database into another database, of either engine.

Every batch is a transaction of its own, and where to go on is read from what is there: a copy that was interrupted,
even by a kill, goes on where it stopped. At every moment the target holds a journal that is whole up to its head.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cryptoflow.domain.journal.recorded import Head
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.copying.loading import load
from cryptoflow.storage.copying.ordering import beyond, key_of, ordered
from cryptoflow.storage.database import Database
from cryptoflow.storage.events.appending import EVENTS, HEADS, locked
from cryptoflow.storage.events.extent import Extent, extent_of, holds
from cryptoflow.storage.events.rebuilding import MADE, digest
from cryptoflow.storage.rows.projecting import table_of
from cryptoflow.storage.tables.journal import RetiredBeforeRow, RetiredRow, SnapshotRow

BATCH = 10_000
"""Rows in one transaction."""

ROWS: Sequence[Table] = (*MADE, *map(table_of, (SnapshotRow, RetiredRow, RetiredBeforeRow)))
"""An account's tables beside its journal."""

Told = Callable[[int], None]
"""Whoever is told how many more rows are in the target for good."""


class Foreign(CryptoflowError):
    """The target holds something that is not the source's: it is left as it is."""

    def __init__(self, what: str) -> None:
        super().__init__(what, fix="name a database of its own with --to", code=ExitCode.REFUSED)


async def copy_account(source: AsyncConnection, target: Database, account: str, told: Told, batch: int = BATCH) -> None:
    """Copy an account's journal, then the rows that are made of it."""
    await _copy_events(source, target, account, told, batch)
    for table in ROWS:
        await _copy_rows(source, target, table, account, told, batch)


async def _copy_events(source: AsyncConnection, target: Database, account: str, told: Told, batch: int) -> None:
    ours = await source.run_sync(extent_of, account)
    async with target.writing() as writing:
        at = await writing.run_sync(_begin, account, ours)
    if not await source.run_sync(holds, account, Head(*at)):
        raise Foreign(f"the target holds other events of {account}, or more: its journal ends at event {at.seq}")
    told(max(0, at.seq - ours.first_seq))
    wanted = ordered_events(account, at.seq)
    async for rows in partitions(source, wanted, batch):
        async with target.writing() as writing:
            at = await writing.run_sync(_add_events, account, at, rows, ours.token)
        told(len(rows))


def ordered_events(account: str, after: int) -> Select[Any]:
    """Return a question for an account's events after one."""
    query = select(*EVENTS.columns).where(EVENTS.c.account == account, EVENTS.c.seq > after)
    return query.order_by(EVENTS.c.seq)


async def partitions(source: AsyncConnection, query: Select[Any], size: int) -> AsyncIterator[Sequence[Row[Any]]]:
    """Yield what a question finds, so many rows at a time, none of it kept."""
    async with source.stream(query, execution_options={"yield_per": size}) as found:
        async for rows in found.partitions():
            yield rows


def _begin(connection: Connection, account: str, ours: Extent) -> Head:
    """Return where the target's journal ends, which begins where the source's does if it is new.

    A journal that is there already is only looked at: where the copy is refused, its writer goes on.
    """
    theirs = extent_of(connection, account)
    if theirs != Extent():
        return Head(theirs.seq, theirs.hash)
    locked(connection, account, ours.token)
    start = {"seq": ours.first_seq, "hash": ours.first_hash, "token": ours.token}
    start |= {"first_seq": ours.first_seq, "first_hash": ours.first_hash}
    connection.execute(update(HEADS).where(HEADS.c.account == account).values(start))
    return Head(ours.first_seq, ours.first_hash)


def _add_events(connection: Connection, account: str, at: Head, rows: Sequence[Row[Any]], token: int) -> Head:
    """Add the next events, unless somebody has written to the target's journal meanwhile.

    From the first of them on, nobody who has lost the account can write to half a copy.
    """
    wanted = select(HEADS.c.seq, HEADS.c.hash, HEADS.c.token).where(HEADS.c.account == account).with_for_update()
    seq, sealed, known = connection.execute(wanted).one()
    if (seq, sealed) != at:
        raise Foreign(f"somebody else writes to the journal of {account} in the target")
    load(connection, EVENTS, rows)
    end = {"seq": rows[-1].seq, "hash": rows[-1].hash, "token": max(known, token)}
    connection.execute(update(HEADS).where(HEADS.c.account == account).values(end))
    return Head(rows[-1].seq, rows[-1].hash)


async def _copy_rows(
    source: AsyncConnection, target: Database, table: Table, account: str, told: Told, batch: int
) -> None:
    """Copy an account's rows of a table; those of an earlier copy stay where they are still what the source has."""
    async with target.reading() as reading:
        there = await reading.run_sync(digest, table, account)
        last = await reading.run_sync(_last, table, account, there[0])
    query = await source.run_sync(ordered, table, account)
    if there[0]:
        if there == await source.run_sync(digest, table, account, there[0]):
            told(there[0])
            query = query.where(await source.run_sync(beyond, table, last))
        else:
            async with target.writing() as writing:
                await writing.execute(delete(table).where(table.c.account == account))
    async for rows in partitions(source, query, batch):
        async with target.writing() as writing:
            await writing.run_sync(load, table, rows)
        told(len(rows))


def _last(connection: Connection, table: Table, account: str, count: int) -> tuple[Any, ...]:
    """Return the key of the last row there is."""
    if not count:
        return ()
    return key_of(table, connection.execute(ordered(connection, table, account).offset(count - 1)).one())


def count_of(connection: Connection, table: Table, account: str | None = None) -> int:
    """Return how many rows a table has, of an account or of all."""
    query = select(func.count()).select_from(table)
    return connection.scalar(query if account is None else query.where(table.c.account == account)) or 0
