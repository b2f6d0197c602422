"""Rows in the order of their keys, the same order in both engines and whatever language a server sorts by."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, Text, collate, literal, select, tuple_

BYTES = "C"
"""What PostgreSQL calls the order of bytes, which is SQLite's only one."""


def ordered(connection: Connection, table: Table, account: str | None = None) -> Select[Any]:
    """Return a question for an account's rows of a table, or for all, in the order of their keys."""
    query = select(*table.columns).order_by(*(_plain(connection, column) for column in table.primary_key))
    return query if account is None else query.where(table.c.account == account)


def beyond(connection: Connection, table: Table, key: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition that a row comes after the one of a key."""
    columns = [_plain(connection, column) for column in table.primary_key]
    values = [literal(value, column.type) for value, column in zip(key, table.primary_key, strict=True)]
    return tuple_(*columns) > tuple_(*values)


def key_of(table: Table, row: Sequence[Any]) -> tuple[Any, ...]:
    """Return the key of a row that holds every column."""
    names = [column.name for column in table.columns]
    return tuple(row[names.index(column.name)] for column in table.primary_key)


def _plain(connection: Connection, column: Column[Any]) -> ColumnElement[Any]:
    if connection.dialect.name == "postgresql" and isinstance(column.type, Text):
        return collate(column, BYTES)
    return column
