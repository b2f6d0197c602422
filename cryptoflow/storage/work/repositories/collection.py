"""Values of an account, read from the rows of one table."""

from dataclasses import fields
from typing import Any, Generic, TypeVar

from sqlalchemy import Table

from cryptoflow.storage.work.conditions import Condition, Row, equal
from cryptoflow.storage.work.transaction import Transaction

T = TypeVar("T")


class Collection(Generic[T]):
    """An account's values of one kind; `order` names the columns that put them in order."""

    def __init__(self, transaction: Transaction, account: str, table: Table, kind: type[T], *order: str) -> None:
        self._transaction, self._account, self._table, self._kind, self._order = (
            transaction,
            account,
            table,
            kind,
            order or tuple(column.name for column in table.primary_key),
        )

    async def find(self, *where: Condition, newest: bool = False, limit: int | None = None) -> list[T]:
        """Return those that are meant, in their order, or the newest of them first."""
        mine = equal("account", self._account)
        rows = await self._transaction.find(self._table, mine, *where, order=self._order, newest=newest, limit=limit)
        return [value_of(self._kind, row) for row in rows]

    async def one(self, *where: Condition) -> T | None:
        """Return the one that is meant, None where it is not there."""
        found = await self.find(*where, limit=1)
        return found[0] if found else None


def value_of(kind: type[T], row: Row, **others: Any) -> T:
    """Return a row as a value whose fields have the names of its columns, but for some."""
    names = (field.name for field in fields(kind))  # type: ignore[arg-type]  # all that are kept are dataclasses
    return kind(**{name: row[name] for name in names if name not in others}, **others)
