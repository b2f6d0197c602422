"""What a database is built like, down to its laws, so that any change made by hand can be named.

Beside tables and columns that is everything that guards them: constraints, triggers, what triggers do.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, create_engine, text

from cryptoflow.storage.guards import guards, sample
from cryptoflow.storage.migrating import upgrade

Shape = Mapping[str, str]
"""From what a thing is called to how it is made."""

SCRATCH = "cryptoflow_as_it_must_be"
"""The schema in which PostgreSQL builds everything anew, to be compared and never to be kept."""

IN_SQLITE = (
    "SELECT type || ' ' || name || CASE WHEN type = 'table' THEN '' ELSE ' of ' || tbl_name END, sql "
    "FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
)

IN_POSTGRESQL = """
WITH ours AS (
    SELECT c.oid, c.relname FROM pg_class c
    WHERE c.relnamespace = CAST(:schema AS regnamespace) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
)
SELECT 'table ' || relname, '' FROM ours
UNION ALL
SELECT format('column %s.%s', relname, attname), concat_ws(' ', format_type(atttypid, atttypmod),
    CASE WHEN attnotnull THEN 'NOT NULL' END, pg_get_expr(adbin, adrelid))
FROM ours JOIN pg_attribute ON attrelid = ours.oid AND attnum > 0 AND NOT attisdropped
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
UNION ALL
SELECT format('constraint %s of %s', conname, relname), pg_get_constraintdef(pg_constraint.oid)
FROM ours JOIN pg_constraint ON conrelid = ours.oid
UNION ALL
SELECT format('index %s of %s', (SELECT relname FROM pg_class WHERE oid = indexrelid), relname),
    pg_get_indexdef(indexrelid)
FROM ours JOIN pg_index ON indrelid = ours.oid
UNION ALL
SELECT format('trigger %s of %s', tgname, relname), concat(tgenabled, ' ', pg_get_triggerdef(pg_trigger.oid))
FROM ours JOIN pg_trigger ON tgrelid = ours.oid AND NOT tgisinternal
UNION ALL
SELECT 'function ' || proname, CASE WHEN prokind = 'f' THEN pg_get_functiondef(oid) ELSE prosrc END
FROM pg_proc WHERE pronamespace = CAST(:schema AS regnamespace)
"""


def found_and_wanted(connection: Connection) -> tuple[Shape, Shape]:
    """Return what a database is built like, and what the migrations of this version make; what it tries is not kept."""
    if connection.dialect.name == "sqlite":
        return _of_sqlite(connection), _made_in_memory()
    with connection.begin_nested() as tried:
        connection.execute(text(f"CREATE SCHEMA {SCRATCH}"))
        schema = str(connection.scalar(text("SELECT quote_ident(current_schema())")))
        connection.execute(text(f"SET LOCAL search_path TO {SCRATCH}"))
        upgrade(connection)
        wanted = _of_postgresql(connection, SCRATCH)
        like = sample(connection, SCRATCH)
        tried.rollback()
    found = _of_postgresql(connection, schema)
    there, needed = guards(connection, schema, like, found)
    return {**found, **there}, {**wanted, **needed}


def compared(found: Shape, wanted: Shape) -> Iterator[str]:
    """Yield what is missing, what is there too much, and what is made in another way.

    >>> list(compared({"table a": "1", "table b": "2"}, {"table a": "3", "table c": "4"}))
    ['table a is not as it was made', 'table b is not ours', 'table c is missing']
    """
    for name in sorted(found.keys() | wanted.keys()):
        if name not in found:
            yield f"{name} is missing"
        elif name not in wanted:
            yield f"{name} is not ours"
        elif found[name] != wanted[name]:
            yield f"{name} is not as it was made"


def _made_in_memory() -> Shape:
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            upgrade(connection)
            return _of_sqlite(connection)
    finally:
        engine.dispose()


def _of_sqlite(connection: Connection) -> Shape:
    return {row[0]: row[1] for row in connection.execute(text(IN_SQLITE))}


def _of_postgresql(connection: Connection, schema: str) -> Shape:
    rows = connection.execute(text(IN_POSTGRESQL), {"schema": schema})
    return {name: made.replace(f"{schema}.", "") for name, made in rows}
