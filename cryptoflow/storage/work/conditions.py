"""Which rows are meant, said once for databases and for rows in memory."""

import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, or_

Row = Mapping[str, Any]
"""A row by the names of its columns."""


class Condition(NamedTuple):
    """What a column must be: `test` gives SQL for a column, and true or false for a value."""

    column: str
    test: Callable[[Any, Any], Any]
    value: Any

    def of(self, table: Table) -> ColumnElement[bool]:
        """Return it in SQL."""
        found: ColumnElement[bool] = self.test(table.c[self.column], self.value)
        return found

    def holds(self, row: Row) -> bool:
        """Say whether it holds for a row in memory."""
        return bool(self.test(row[self.column], self.value))


def equal(column: str, value: Any) -> Condition:
    """The column has the value."""
    return Condition(column, operator.eq, value)


def above(column: str, value: int) -> Condition:
    """The column is larger."""
    return Condition(column, operator.gt, value)


def at_most(column: str, value: int) -> Condition:
    """The column is not larger."""
    return Condition(column, operator.le, value)


def below(column: str, value: int) -> Condition:
    """The column is smaller."""
    return Condition(column, operator.lt, value)


def among(column: str, values: Collection[Any]) -> Condition:
    """The column has one of the values."""
    return Condition(column, _among, values)


def named(column: str, names: Collection[str]) -> Condition:
    """The column has one of the names; a name may end in `*`."""
    return Condition(column, _named, names)


def between(since: int | None, until: int | None, column: str = "at") -> Iterator[Condition]:
    """Yield what bounds a moment: from `since` to before `until`, each only where it is given."""
    if since is not None:
        yield Condition(column, operator.ge, since)
    if until is not None:
        yield below(column, until)


def _among(told: Any, values: Collection[Any]) -> Any:
    return told.in_(values) if isinstance(told, ColumnElement) else told in values


def _named(told: Any, names: Collection[str]) -> Any:
    if not isinstance(told, ColumnElement):
        return any(told.startswith(name[:-1]) if name.endswith("*") else told == name for name in names)
    return or_(*(told.startswith(name[:-1], autoescape=True) if name.endswith("*") else told == name for name in names))
