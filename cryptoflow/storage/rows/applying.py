"""Changes of rows, carried out in few statements."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table

from cryptoflow.storage.rows.prepared import Prepared, Row, prepared
from cryptoflow.storage.rows.projecting import ORDERS, Change
from cryptoflow.storage.rows.statements import OF_KEY, adding, changing, putting

KEYS = {ORDERS: ("account", "id")}
"""How a change names a row of a table whose rows are changed in part; such a row is added once and never replaced."""

Wave = tuple[int, Table, bool, tuple[str, ...]]


def apply(connection: Connection, changes: Iterable[Change]) -> None:
    """Carry out changes: those of one row in their order, those of different rows together.

    The first change of every order goes in one statement, then the second of each, and so on: an order that moves
    three times in a batch makes each of its moves, and the database judges each. Rows of other tables are put whole,
    so of one that is put twice only the last is.
    """
    depths: Counter[tuple[Table, Row]] = Counter()
    waves: dict[Wave, list[Row]] = defaultdict(list)
    puts: dict[Table, dict[Row, Row]] = defaultdict(dict)
    for table, key, values, new in changes:
        if table not in KEYS:
            puts[table][_key(table, values)] = prepared(connection, putting, table).spelled(values)
            continue
        depth = depths[table, key]
        depths[table, key] = depth + 1
        wave = (depth, table, new, tuple(values))
        row = values if new else {**values, **dict(zip((OF_KEY + name for name in KEYS[table]), key, strict=True))}
        waves[wave].append(_of_wave(connection, wave).spelled(row))
    for wave, rows in sorted(waves.items(), key=lambda each: each[0][0]):
        _of_wave(connection, wave).run(connection, rows)
    for table, latest in puts.items():
        prepared(connection, putting, table).run(connection, list(latest.values()))


def _of_wave(connection: Connection, wave: Wave) -> Prepared:
    _, table, new, columns = wave
    if new:
        return prepared(connection, adding, table)
    return prepared(connection, changing, table, KEYS[table], columns)


def _key(table: Table, values: Any) -> Row:
    return tuple([values[column.name] for column in table.primary_key])
