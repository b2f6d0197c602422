"""Changes of rows, carried out in few statements."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Executable, Table, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite

from cryptoflow.storage.prepared import prepared
from cryptoflow.storage.projecting import ORDERS, Change

OF_KEY = "key_"
"""What the parameters that name a row begin with."""

KEYS = {ORDERS: ("account", "id")}
"""How a change names a row of a table whose rows are changed in part."""


def apply(connection: Connection, changes: Iterable[Change]) -> None:
    """Carry out changes: those of one row in their order, those of different rows together.

    The first change of every row of a table goes in one statement, then the second of each, and so on: an order that
    moves three times in a batch makes each of its moves, and the database judges each.
    """
    depths: Counter[tuple[Table, tuple[Any, ...]]] = Counter()
    waves: dict[tuple[int, Table, bool, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
    for table, key, values, new in changes:
        depth = depths[table, key]
        depths[table, key] = depth + 1
        row = dict(values)
        if not new:
            row |= {OF_KEY + name: value for name, value in zip(KEYS[table], key, strict=True)}
        waves[depth, table, new, tuple(values)].append(row)
    for (_, table, new, columns), rows in sorted(waves.items(), key=lambda wave: wave[0][0]):
        statement = prepared(connection, put, table) if new else prepared(connection, change, table, columns)
        statement.run(connection, rows)


def put(dialect: str, table: Table) -> Executable:
    """Return what adds a row, or replaces the one of the same key; an order is never replaced."""
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    if table is ORDERS:
        return insert
    keys = [column.name for column in table.primary_key]
    others = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=others)


def change(_: str, table: Table, columns: tuple[str, ...]) -> Executable:
    """Return what changes columns of a row."""
    named = [table.c[name] == bindparam(OF_KEY + name) for name in KEYS[table]]
    return update(table).where(*named).values({name: bindparam(name) for name in columns})
