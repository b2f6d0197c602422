"""Rows of a curve as one longer row, column by column: said once for PostgreSQL and for rows in hand."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Context, Decimal, Inexact
from functools import reduce
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, Table, cast, func, select

from cryptoflow.storage.tables.types import PLACES, WHOLE

EXACTLY = Context(prec=2 * (WHOLE + PLACES), traps=[Inexact])
"""Arithmetic that keeps every digit of exact columns."""

Row = Mapping[str, Any]


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return a sum to the last digit, which the usual 28 digits would round.

    >>> total([Decimal("1000000000000.000000000000000001")] * 2)
    Decimal('2000000000000.000000000000000002')
    """
    return reduce(EXACTLY.add, amounts, Decimal(0))


class Join(NamedTuple):
    """How a column is joined: its values in their order, and, with the condition of its rows, its expression in SQL."""

    of: Callable[[Sequence[Any]], Any]
    in_sql: Callable[[ColumnElement[Any], ColumnElement[bool]], ColumnElement[Any]]


def _at_end(newest: bool) -> Callable[[ColumnElement[Any], ColumnElement[bool]], ColumnElement[Any]]:
    def picked(column: Any, where: ColumnElement[bool]) -> ColumnElement[Any]:
        at = column.table.c.at
        return select(column).where(where).order_by(at.desc() if newest else at).limit(1).scalar_subquery()

    return picked


FIRST, LAST = Join(itemgetter(0), _at_end(newest=False)), Join(itemgetter(-1), _at_end(newest=True))
HIGHEST, LOWEST = Join(max, lambda column, _: func.max(column)), Join(min, lambda column, _: func.min(column))
TOTAL = Join(total, lambda column, _: func.sum(column))
COUNT = Join(sum, lambda column, _: cast(func.sum(column), BigInteger))  # whose sum is no whole number otherwise

JOINS: Mapping[str, Join] = {
    "open": FIRST,
    "high": HIGHEST,
    "low": LOWEST,
    "close": LAST,
    "exposure": HIGHEST,
    "drawdown": HIGHEST,
    "score": HIGHEST,
    "exposure_sum": TOTAL,
    "minutes": COUNT,
}


def joined(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the columns of rows, of which there is one at least, as those of one."""
    return {name: join.of([row[name] for row in rows]) for name, join in JOINS.items() if name in rows[0]}


def one_of(rows: Sequence[Row]) -> Row | None:
    """Return rows in their order as one that begins where the first does, None where there are none."""
    return {"at": rows[0]["at"], **joined(rows)} if rows else None


def joining(table: Table, where: ColumnElement[bool]) -> Select[Any]:
    """Return what asks PostgreSQL for rows as one, whose `at` is null where there are none.

    SQLite keeps decimals as text, which it cannot compare.
    """
    found = (join.in_sql(table.c[name], where).label(name) for name, join in JOINS.items() if name in table.c)
    return select(func.min(table.c.at).label("at"), *found).where(where)
