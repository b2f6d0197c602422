"""What guards a database put back as this version makes it: functions, indexes and triggers. No row is touched."""

import re
from collections.abc import Iterator

from sqlalchemy import Connection

from cryptoflow.storage.shapes import Shape, found_and_wanted

KINDS = ("function", "index", "trigger")
"""What can be put back, in an order in which each finds what it needs."""

PART = re.compile(r"_p\d{4}_\d\d$")


def put_back(connection: Connection) -> list[str]:
    """Put back what is missing or changed, inside a transaction of the caller's, and return what that was.

    What guards a table that is itself not as it must be waits until that is; what is not ours is left alone.
    """
    found, wanted = found_and_wanted(connection)
    names = mendable(found, wanted)
    for name in names:
        for statement in _statements(name, wanted[name], found.get(name), connection.dialect.name == "sqlite"):
            connection.exec_driver_sql(statement)
    return names


def mendable(found: Shape, wanted: Shape) -> list[str]:
    """Return what can be put back, in the order in which that is done.

    >>> mendable({"table a": "1", "table b": "2"}, {"table a": "1", "index i of a": "x", "index k of b": "y"})
    ['index i of a']
    """
    bent = set(_bent(found, wanted))
    return [
        name
        for kind in KINDS
        for name in sorted(wanted)
        if name.startswith(f"{kind} ")
        and found.get(name) != wanted[name]
        and (kind == "function" or _table(name) not in bent)
        and f"constraint {name.removeprefix('index ')}" not in wanted  # with which it comes back
    ]


def _bent(found: Shape, wanted: Shape) -> Iterator[str]:
    """Yield the tables that are not there, or have other columns than they must."""
    for name in found.keys() | wanted.keys():
        kind, _, called = name.partition(" ")
        if kind in ("table", "column") and found.get(name) != wanted.get(name):
            yield called.partition(".")[0]


def _table(name: str) -> str:
    """Return the table that a thing guards, as a whole.

    >>> _table("trigger events_no_truncate of events_p2024_01")
    'events'
    """
    return PART.sub("", name.rpartition(" of ")[2])


def _statements(name: str, made: str, found: str | None, is_sqlite: bool) -> Iterator[str]:
    """Yield what makes a thing as it must be; a trigger that is only switched off keeps no reader out."""
    kind, called = name.split(" ")[:2]
    table = name.rpartition(" of ")[2]
    on = "" if is_sqlite or kind == "index" else f' ON "{table}"'
    if kind == "function":
        yield made
    elif kind == "trigger" and (found or "")[1:] == made[1:]:  # switched off; one of a part comes with the whole
        yield f'ALTER TABLE "{table}" ENABLE TRIGGER "{called}"'
    else:
        if found is not None:
            yield f'DROP {kind} "{called}"{on}'
        yield made.removeprefix("O ").replace(" ON ONLY ", " ON ")
