"""Units of work on a database, of either engine."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, Executable, Table, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cryptoflow.domain.journal.recorded import Draft, Recorded
from cryptoflow.storage.database import Database
from cryptoflow.storage.events.appending import append, locked
from cryptoflow.storage.rows.joining import joining, one_of
from cryptoflow.storage.rows.prepared import prepared
from cryptoflow.storage.rows.statements import inserting, putting
from cryptoflow.storage.work.conditions import Condition, Row
from cryptoflow.storage.work.transaction import Over
from cryptoflow.storage.work.unit import Store


class SqlStore(Store):
    """A database as a place for units of work; whoever opened the database closes it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @asynccontextmanager
    async def seen(self) -> AsyncIterator["SqlTransaction"]:
        """Begin a transaction that sees one state and keeps nobody waiting; it changes nothing."""
        async with self.database.reading() as connection:
            transaction = SqlTransaction(connection, reads=True)
            try:
                yield transaction
            finally:
                transaction.over = True

    @asynccontextmanager
    async def begun(self) -> AsyncIterator["SqlTransaction"]:
        """Begin a transaction that writes."""
        async with self.database.connected() as connection:  # which rolls back, on its way out, what is left
            await connection.begin()
            transaction = SqlTransaction(connection)
            try:
                yield transaction
            finally:
                transaction.over = True


class SqlTransaction:
    """Rows of a database in one transaction."""

    def __init__(self, connection: AsyncConnection, *, reads: bool = False) -> None:
        self._open, self.reads, self.over = connection, reads, False
        self._is_postgresql = connection.dialect.name == "postgresql"

    async def find(
        self,
        table: Table,
        *where: Condition,
        order: Sequence[str] = (),
        newest: bool = False,
        limit: int | None = None,
        claim: bool = False,
    ) -> list[Row]:
        """Return rows; on PostgreSQL a claim skips those that another transaction has locked."""
        columns = [table.c[name].desc() if newest else table.c[name] for name in order]
        query = select(table).where(*(each.of(table) for each in where)).order_by(*columns).limit(limit)
        if claim:
            query = query.with_for_update(skip_locked=True)
        found = await self._connection().execute(query)
        return [dict(row) for row in found.mappings()]

    async def joined(self, table: Table, *where: Condition) -> Row | None:
        """Return rows of a curve as one, which PostgreSQL makes of them by itself."""
        if not self._is_postgresql:
            return one_of(await self.find(table, *where, order=("at",)))
        asked = joining(table, and_(*(each.of(table) for each in where)))
        found = (await self._connection().execute(asked)).mappings().one()
        return None if found["at"] is None else dict(found)

    async def add(self, table: Table, values: Mapping[str, Any]) -> Row | None:
        """Add a row and return it; None where there is one of its key already."""
        connection = self._connection(writes=True)
        adding = inserting(connection.dialect.name, table).values(values).on_conflict_do_nothing()
        row = (await connection.execute(adding.returning(*table.c))).mappings().first()
        return None if row is None else dict(row)

    async def put(self, table: Table, values: Mapping[str, Any]) -> None:
        """Add a row, or replace the one of its key."""
        connection = self._connection(writes=True)
        await connection.run_sync(_put, table, values)

    async def change(self, table: Table, values: Mapping[str, Any], *where: Condition) -> int:
        """Change columns of rows, and return of how many."""
        return await self._count(update(table).where(*(each.of(table) for each in where)).values(values))

    async def remove(self, table: Table, *where: Condition) -> int:
        """Remove rows, and return how many."""
        return await self._count(delete(table).where(*(each.of(table) for each in where)))

    async def append(
        self, account: str, drafts: Sequence[Draft], *, expected: Mapping[str, int] | None, token: int
    ) -> list[Recorded]:
        """Write events as the next ones of an account."""
        connection = self._connection(writes=True)
        return await connection.run_sync(append, account, drafts, expected=expected, token=token)

    async def lock(self, account: str, token: int) -> None:
        """Lock the end of an account's journal."""
        await self._connection(writes=True).run_sync(locked, account, token)

    async def commit(self) -> None:
        """Commit, and let nothing follow."""
        await self._connection(writes=True).commit()
        self.over = True

    async def _count(self, statement: Executable) -> int:
        return (await self._connection(writes=True).execute(statement)).rowcount

    def _connection(self, *, writes: bool = False) -> AsyncConnection:
        if self.over or (writes and self.reads):
            raise Over("this unit of work is over" if self.over else "this unit of work only reads")
        return self._open


def _put(connection: Connection, table: Table, values: Mapping[str, Any]) -> None:
    statement = prepared(connection, putting, table)
    statement.run(connection, [statement.spelled(values)])
