"""Rooms within a PostgreSQL database: tables built beside those in use, and put in their place in one step."""

from collections.abc import Iterable

from sqlalchemy import URL, Connection, text

from cryptoflow.storage.database import Database

KINDS = ("r", "p")
"""Tables, and tables that are kept in parts; their indexes and counters go with them."""

PATIENCE = 20_000
"""Milliseconds to wait for those who use the tables that go aside."""


def within(url: URL, schema: str) -> Database:
    """Return a database whose tables are those of one room."""
    return Database(url, connect_args={"server_settings": {"search_path": f'"{schema}"'}})


def build(connection: Connection, schema: str) -> None:
    """Make a room."""
    connection.execute(text(f'CREATE SCHEMA "{schema}"'))


def drop(connection: Connection, schema: str) -> None:
    """Remove a room and all that is in it."""
    connection.execute(text(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'))


def rooms(connection: Connection, beginning: str) -> list[str]:
    """Return the rooms whose names begin so."""
    wanted = text("SELECT nspname FROM pg_namespace WHERE starts_with(nspname::text, :beginning) ORDER BY nspname")
    return list(connection.scalars(wanted, {"beginning": beginning}))


def bytes_of(connection: Connection, schema: str) -> int:
    """Return how much disk the tables of a room take, with their indexes."""
    wanted = "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    query = text(f"{wanted} WHERE n.nspname = :schema AND c.relkind = 'r'")
    return int(connection.scalar(query, {"schema": schema}) or 0)


def keep_out(connection: Connection, table: str) -> None:
    """Wait for those who use a table, and let nobody else look at it until the transaction is over."""
    connection.execute(text(f"SET LOCAL lock_timeout = {PATIENCE}"))
    connection.execute(text(f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE'))


def exchange(connection: Connection, ready: str, aside: str) -> bool:
    """Put what is ready in the place of what is in use, which goes aside: both or nothing, with the transaction.

    What somebody else keeps in the same place stays there. Done already, it is not done again.
    """
    if ready not in rooms(connection, ready):
        return False
    connection.execute(text(f"SET LOCAL lock_timeout = {PATIENCE}"))
    used: str = connection.scalar(text("SELECT current_schema()")) or "public"
    build(connection, aside)
    tables, functions = _tables(connection, ready), _functions(connection, ready)
    ours = _with_parts(connection, used, tables)
    _move(connection, "TABLE", ours, used, aside)
    _move(connection, "FUNCTION", [name for name in _functions(connection, used) if name in functions], used, aside)
    _move(connection, "TABLE", tables, ready, used)
    _move(connection, "FUNCTION", functions, ready, used)
    drop(connection, ready)
    return True


def _move(connection: Connection, kind: str, names: Iterable[str], source: str, target: str) -> None:
    for name in names:
        connection.execute(text(f'ALTER {kind} "{source}"."{name}" SET SCHEMA "{target}"'))


def _tables(connection: Connection, schema: str) -> list[str]:
    wanted = "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    query = text(f"{wanted} WHERE n.nspname = :schema AND c.relkind::text = ANY(:kinds) ORDER BY c.relname")
    return list(connection.scalars(query, {"schema": schema, "kinds": list(KINDS)}))


def _with_parts(connection: Connection, schema: str, names: Iterable[str]) -> list[str]:
    """Return those of these tables that are in a room, and the parts that they are kept in there."""
    there = [name for name in _tables(connection, schema) if name in set(names)]
    wanted = (
        "SELECT part.relname FROM pg_inherits i JOIN pg_class part ON part.oid = i.inhrelid "
        "JOIN pg_class whole ON whole.oid = i.inhparent JOIN pg_namespace n ON n.oid = whole.relnamespace "
        "WHERE n.nspname = :schema AND whole.relname = ANY(:names) AND part.relkind::text = ANY(:kinds)"
    )
    parts = connection.scalars(text(wanted), {"schema": schema, "names": there, "kinds": list(KINDS)})
    return sorted({*there, *parts})


def _functions(connection: Connection, schema: str) -> list[str]:
    wanted = "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = :schema"
    return list(connection.scalars(text(wanted), {"schema": schema}))
