"""Statements spelled once and run for many rows.

A statement of SQLAlchemy's takes some 25 µs a row to bind; here a row costs a tuple.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Executable


class Prepared(NamedTuple):
    """A statement in the words of an engine: its text, its parameters in order, and what spells each for the driver."""

    text: str
    names: tuple[str, ...]
    spellings: tuple[tuple[int, Callable[[Any], Any]], ...]

    def run(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run the statement for every row."""
        names, spellings = self.names, self.spellings
        told = []
        for row in rows:
            values = [row[name] for name in names]
            for place, spell in spellings:
                values[place] = spell(values[place])
            told.append(tuple(values))
        if told:
            connection.exec_driver_sql(self.text, told)


_KNOWN: dict[tuple[Any, ...], Prepared] = {}


def prepared(connection: Connection, make: Callable[..., Executable], *about: Any) -> Prepared:
    """Return the statement that `make(dialect, *about)` describes, spelled once for each engine."""
    dialect = connection.dialect
    key = (dialect.name, make, *about)
    found = _KNOWN.get(key)
    if found is None:
        compiled: Any = make(dialect.name, *about).compile(dialect=dialect)  # type: ignore[attr-defined]
        names = tuple(compiled.positiontup)
        spells = [compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
        spellings = tuple((place, spell) for place, spell in enumerate(spells) if spell is not None)
        found = _KNOWN[key] = Prepared(str(compiled), names, spellings)
    return found
