"""The triggers of single months in PostgreSQL, where each part of a table can lose its own."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, text

from cryptoflow.storage.rows.partitions import TABLES, make_part

SAMPLE = "1970_01"
"""The month of which a part of every table is made to see how parts are guarded."""

OF_PARTS = """
SELECT whole.relname, part.relname, tgname, CASE WHEN tgparentid = 0 THEN pg_get_triggerdef(t.oid) END, tgenabled::text
FROM pg_inherits
JOIN pg_class whole ON whole.oid = inhparent AND whole.relnamespace = CAST(:schema AS regnamespace)
JOIN pg_class part ON part.oid = inhrelid
LEFT JOIN pg_trigger t ON tgrelid = part.oid AND (NOT tgisinternal OR tgparentid <> 0)
WHERE whole.relname = ANY(:tables)
"""


class Guard(NamedTuple):
    """A trigger of a part. Without `made` it came with that of the whole table; without `name` the part has none."""

    whole: str
    part: str
    name: str | None
    made: str | None
    enabled: str | None

    def of(self, part: str) -> "Guard":
        """Return what it is on another part of the same table."""
        return self._replace(part=part, made=self.made and self.made.replace(self.part, part))


def sample(connection: Connection, schema: str) -> list[Guard]:
    """Return how a part of each table is guarded, where a schema has no part yet: one of each is made."""
    for table in TABLES:
        make_part(connection, table, SAMPLE)
    return _found(connection, schema)


def guards(
    connection: Connection, schema: str, like: Iterable[Guard], wholes: Mapping[str, str]
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the triggers of all parts of a schema as they are, and as those of a sample say that they must be.

    Of one that comes with the whole, and that the whole lacks, every part lacks it: that is said once, of the whole.
    """
    there = _found(connection, schema)
    parts = {(each.whole, each.part) for each in there}
    needed = [each.of(part) for each in like for whole, part in parts if whole == each.whole]
    known = (each for each in needed if each.made is not None or f"trigger {each.name} of {each.whole}" in wholes)
    return _shape(there), _shape(known)


def _found(connection: Connection, schema: str) -> list[Guard]:
    rows = connection.execute(text(OF_PARTS), {"schema": schema, "tables": list(TABLES)})
    guards = (Guard(*row) for row in rows)
    return [each._replace(made=each.made and each.made.replace(f"{schema}.", "")) for each in guards]


def _shape(guards: Iterable[Guard]) -> Mapping[str, str]:
    return {
        f"trigger {each.name} of {each.part}": f"{each.enabled} {each.made or ''}".strip()
        for each in guards
        if each.name is not None
    }
