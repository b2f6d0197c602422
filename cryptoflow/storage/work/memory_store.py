"""Units of work in memory: for tests, and for what need not outlive its process.

Rows, law and projections are those of the databases; a column keeps here what it would give back there.
"""

from asyncio import Lock
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite

from cryptoflow.domain.journal.recorded import Draft, Head, Recorded
from cryptoflow.storage.events.appending import EVENTS, HEADS, blank, bookings, check_booked, check_token, numbered
from cryptoflow.storage.events.law import judge
from cryptoflow.storage.rows.applying import KEYS
from cryptoflow.storage.rows.joining import one_of
from cryptoflow.storage.rows.projecting import FILLS, ORDERS, TRADES, changes
from cryptoflow.storage.work.conditions import Condition, Row
from cryptoflow.storage.work.memory_rolling import roll_up
from cryptoflow.storage.work.transaction import Over
from cryptoflow.storage.work.unit import Store

Key = tuple[Any, ...]
Rows = dict[Key, Row]

DIALECT = sqlite.dialect()


class MemoryStore(Store):
    """Rows in this process; one unit writes at a time, and the others wait for it."""

    def __init__(self) -> None:
        self.tables: dict[Table, Rows] = {}
        self.numbers: Counter[Table] = Counter()
        self._writer = Lock()

    @asynccontextmanager
    async def seen(self) -> AsyncIterator["MemoryTransaction"]:
        """Begin a transaction that sees one state and keeps nobody waiting; it changes nothing."""
        transaction = MemoryTransaction(self, reads=True)
        try:
            yield transaction
        finally:
            transaction.over = True

    @asynccontextmanager
    async def begun(self) -> AsyncIterator["MemoryTransaction"]:
        """Begin a transaction that writes."""
        async with self._writer:
            transaction = MemoryTransaction(self)
            try:
                yield transaction
            finally:
                transaction.over = True


class MemoryTransaction:
    """Rows as they will be when this is committed; a table is copied before it is first changed."""

    def __init__(self, store: MemoryStore, *, reads: bool = False) -> None:
        self._store, self.reads, self.over = store, reads, False
        self._tables = dict(store.tables)
        self._copied: set[Table] = set()

    async def find(
        self,
        table: Table,
        *where: Condition,
        order: Sequence[str] = (),
        newest: bool = False,
        limit: int | None = None,
        claim: bool = False,  # noqa: ARG002  # nobody else writes meanwhile
    ) -> list[Row]:
        """Return rows in the order of columns."""
        found = [row for _, row in meant_of(self._rows(table), where)]
        found.sort(key=lambda row: tuple(row[name] for name in order), reverse=newest)
        return found[:limit]

    async def joined(self, table: Table, *where: Condition) -> Row | None:
        """Return rows of a curve as one."""
        return one_of(await self.find(table, *where, order=("at",)))

    async def add(self, table: Table, values: Mapping[str, Any]) -> Row | None:
        """Add a row and return it; None where there is one of its key already."""
        rows = self._own(table)
        row = dict(values)
        for column in table.c:
            if column.name not in row:
                self._store.numbers[table] += 1  # like a database's, a number is never given twice
                row[column.name] = self._store.numbers[table]
        unique = [column.name for column in table.c if column.unique]
        taken = any(kept[name] == row[name] for name in unique for kept in rows.values())
        if taken or key_of(table, row) in rows:
            return None
        return rows.setdefault(key_of(table, row), stored(table, row))

    async def put(self, table: Table, values: Mapping[str, Any]) -> None:
        """Add a row, or replace the one of its key."""
        self._put(table, values)

    async def change(self, table: Table, values: Mapping[str, Any], *where: Condition) -> int:
        """Change columns of rows, and return of how many."""
        rows = self._own(table)
        meant = [key for key, _ in meant_of(rows, where)]
        for key in meant:
            rows[key] = {**rows[key], **stored(table, values)}
        return len(meant)

    async def remove(self, table: Table, *where: Condition) -> int:
        """Remove rows, and return how many."""
        rows = self._own(table)
        meant = [key for key, _ in meant_of(rows, where)]
        for key in meant:
            del rows[key]
        return len(meant)

    async def append(
        self, account: str, drafts: Sequence[Draft], *, expected: Mapping[str, int] | None, token: int
    ) -> list[Recorded]:
        """Write events as the next ones of an account."""
        await self.lock(account, token)
        events = [draft.event for draft in drafts]
        head = self._head(account)
        recorded = numbered(account, Head(head["seq"], head["hash"]), self._versions(account), drafts, expected or {})
        judge(events, self._states(account))
        for venue, names in bookings(events).items():
            check_booked(account, venue, names, self._booked(account, venue))
        for each in recorded:
            self._put(EVENTS, each._asdict())
        self._apply(zip(recorded, events, strict=True))
        for table, values in roll_up(self._rows, account, recorded):
            self._put(table, values)
        if recorded:
            self._put(HEADS, {**head, "seq": recorded[-1].seq, "hash": recorded[-1].hash, "token": token})
        return recorded

    async def lock(self, account: str, token: int) -> None:
        """Refuse an older token; there is no other writer to keep waiting."""
        self._check(writes=True)
        check_token(account, token, self._head(account)["token"])

    async def commit(self) -> None:
        """Put what was changed in the place of what was."""
        self._check(writes=True)
        self._store.tables = self._tables
        self.over = True

    def _apply(self, events: Iterable[tuple[Recorded, Any]]) -> None:
        for table, key, values, new in changes(events):
            if new:
                self._put(table, values)
            elif key in (rows := self._own(table)):
                rows[key] = {**rows[key], **stored(table, values)}

    def _versions(self, account: str) -> Counter[str]:
        return Counter(row["stream"] for row in self._rows(EVENTS).values() if row["account"] == account)

    def _states(self, account: str) -> dict[str, str]:
        return {row["id"]: row["state"] for row in self._rows(ORDERS).values() if row["account"] == account}

    def _booked(self, account: str, venue: str | None) -> set[str]:
        if venue is None:
            return {row["id"] for row in self._rows(TRADES).values() if row["account"] == account}
        fills = self._rows(FILLS).values()
        return {row["trade"] for row in fills if (row["account"], row["venue"]) == (account, venue)}

    def _head(self, account: str) -> Row:
        return self._rows(HEADS).get((account,)) or blank(account)

    def _put(self, table: Table, values: Mapping[str, Any]) -> None:
        self._own(table)[key_of(table, values)] = stored(table, values)

    def _rows(self, table: Table) -> Rows:
        self._check()
        return self._tables.get(table, {})

    def _own(self, table: Table) -> Rows:
        self._check(writes=True)
        if table not in self._copied:
            self._tables[table] = dict(self._rows(table))
            self._copied.add(table)
        return self._tables[table]

    def _check(self, *, writes: bool = False) -> None:
        if self.over or (writes and self.reads):
            raise Over("this unit of work is over" if self.over else "this unit of work only reads")


def meant_of(rows: Rows, where: Sequence[Condition]) -> Iterator[tuple[Key, Row]]:
    """Yield the rows for which conditions hold, by their keys."""
    return ((key, row) for key, row in rows.items() if all(each.holds(row) for each in where))


def key_of(table: Table, row: Row) -> Key:
    """Return what names a row: of an order its id, of any other its primary key."""
    return tuple(row[name] for name in KEYS.get(table) or [column.name for column in table.primary_key])


def stored(table: Table, values: Row) -> Row:
    """Return values as their columns would give them back."""
    kept = {}
    for name, value in values.items():
        kind: Any = table.c[name].type
        bind = getattr(kind, "process_bind_param", None)
        kept[name] = value if bind is None else kind.process_result_value(bind(value, DIALECT), DIALECT)
    return kept
