"""The statements that write many rows: one row after the other in SQLite, all of them in one in PostgreSQL.

PostgreSQL is given an array per column, which it lays out as rows: a thousand rows are one round trip and one plan.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Executable, Table, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import KeyedColumnElement

OF_KEY = "key_"
"""What the parameters that name a row begin with."""


def inserting(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an insert of a few rows in an engine's own words, which knows of conflicts."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def adding(dialect: str, table: Table) -> Executable:
    """Return what adds rows, and refuses one that is there."""
    return _adding(table) if dialect == "postgresql" else insert(table)


def putting(dialect: str, table: Table) -> Executable:
    """Return what adds rows, or replaces those of the same key."""
    statement = _adding(table) if dialect == "postgresql" else sqlite.insert(table)
    keys = [column.name for column in table.primary_key]
    others = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=others)


def changing(dialect: str, table: Table, keys: tuple[str, ...], columns: tuple[str, ...]) -> Executable:
    """Return what changes columns of rows named by some keys."""
    if dialect != "postgresql":
        named = (table.c[name] == bindparam(OF_KEY + name) for name in keys)
        return update(table).where(*named).values({name: bindparam(name) for name in columns})
    told = _rows({OF_KEY + name: table.c[name] for name in keys} | {name: table.c[name] for name in columns})
    named = (table.c[name] == told[OF_KEY + name] for name in keys)
    return update(table).where(*named).values({name: told[name] for name in columns})


def _adding(table: Table) -> postgresql.Insert:
    names = [column.name for column in table.columns]
    rows = _rows({column.name: column for column in table.columns})
    return postgresql.insert(table).from_select(names, select(*(rows[name] for name in names)))


def _rows(columns: Mapping[str, Column[Any]]) -> ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]:
    """Return the columns of rows that are given as an array per column."""
    arrays = (bindparam(name, type_=postgresql.ARRAY(column.type)) for name, column in columns.items())
    return func.unnest(*arrays).table_valued(*columns).render_derived().c
