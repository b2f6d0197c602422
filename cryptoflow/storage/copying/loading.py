"""Many rows into a table at once, the fastest way that an engine has."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table, insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_only

from cryptoflow.storage.rows.partitions import TABLES, make_room
from cryptoflow.storage.rows.rolling import DAY


def load(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Add rows that hold every column of a table, in a transaction of the caller's; one that is there is refused."""
    if table.name in TABLES:
        place = [column.name for column in table.columns].index("at")
        make_room(connection, {row[place] // DAY * DAY for row in rows})
    put(connection, table, list(table.columns), rows)
    counted = table.autoincrement_column
    if rows and counted is not None and connection.dialect.name == "postgresql":
        count_on(connection, table, counted)


def put(connection: Connection, table: Table, columns: Sequence[Column[Any]], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows that hold some columns of a table; what they lack is the database's to fill in."""
    told = list(_spelled(connection, columns, rows))
    if not told:
        return
    if connection.dialect.name == "postgresql":
        _stream(connection, table, [column.name for column in columns], told)
        return
    statement = insert(table).values({column.name: None for column in columns}).compile(dialect=connection.dialect)
    connection.exec_driver_sql(str(statement), told)


def count_on(connection: Connection, table: Table, counted: Column[Any]) -> None:
    """Let PostgreSQL's next number follow the highest that was given elsewhere."""
    sequence = f"pg_get_serial_sequence('{table.name}', '{counted.name}')"
    connection.execute(text(f"SELECT setval({sequence}, (SELECT max({counted.name}) FROM {table.name}))"))  # noqa: S608


def _stream(connection: Connection, table: Table, names: Sequence[str], told: Sequence[tuple[Any, ...]]) -> None:
    import asyncpg

    connection.exec_driver_sql("SELECT 1")  # the driver begins a transaction late, and COPY goes past that
    driver: Any = connection.connection.driver_connection
    try:
        await_only(driver.copy_records_to_table(table.name, records=told, columns=names))
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DBAPIError(f"COPY {table.name}", None, error) from error


def _spelled(
    connection: Connection, columns: Sequence[Column[Any]], rows: Sequence[Sequence[Any]]
) -> Iterator[tuple[Any, ...]]:
    """Yield rows as the engine's driver takes them."""
    dialect = connection.dialect
    spells = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    odd = [(place, spell) for place, spell in enumerate(spells) if spell is not None]
    for row in rows:
        values = list(row)
        for place, spell in odd:
            values[place] = spell(values[place])
        yield tuple(values)
