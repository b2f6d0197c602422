"""Statements spelled once and run for many rows.

A statement of SQLAlchemy's takes some 25 µs a row to bind; here a row costs a tuple.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Executable

Row = tuple[Any, ...]


class Prepared(NamedTuple):
    """A statement in the words of an engine, what picks its parameters out of a row, and what spells some of them.

    Where `in_columns`, it is given all rows at once, a column at a time: one round trip instead of one per row.
    """

    text: str
    pick: Callable[[Mapping[str, Any]], Row]
    spellings: tuple[tuple[int, Callable[[Any], Any]], ...]
    in_columns: bool

    def spelled(self, row: Mapping[str, Any]) -> Row:
        """Return a row's parameters as the driver takes them; a number that its column cannot keep is refused."""
        picked = self.pick(row)
        if not self.spellings:
            return picked
        values = list(picked)
        for place, spell in self.spellings:
            values[place] = spell(values[place])
        return tuple(values)

    def run(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Run the statement for every row."""
        if rows:
            connection.exec_driver_sql(self.text, tuple(zip(*rows, strict=True)) if self.in_columns else list(rows))


_KNOWN: dict[tuple[Any, ...], Prepared] = {}


def prepared(connection: Connection, make: Callable[..., Executable], *about: Any) -> Prepared:
    """Return the statement that `make(dialect, *about)` describes, spelled once for each engine."""
    dialect = connection.dialect
    key = (dialect.name, make, *about)
    found = _KNOWN.get(key)
    if found is None:
        found = _KNOWN[key] = _prepared(dialect, make(dialect.name, *about))
    return found


def _prepared(dialect: Dialect, statement: Executable) -> Prepared:
    compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    names = tuple(compiled.positiontup)
    types = [compiled.binds[name].type for name in names]
    in_columns = dialect.name == "postgresql"
    kinds = [each.item_type if in_columns else each for each in types]
    spells = [kind.dialect_impl(dialect).bind_processor(dialect) for kind in kinds]
    spellings = tuple((place, spell) for place, spell in enumerate(spells) if spell is not None)
    return Prepared(str(compiled), itemgetter(*names), spellings, in_columns)
