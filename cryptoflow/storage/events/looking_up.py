"""One value for each of many names, in one question: its text is spelled once, however many names there are.

SQLAlchemy would spell a list of names anew each time, which takes longer than the answer (121 µs against 22 for one).
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection

AMONG = {
    "sqlite": "account = ? AND {column} IN (SELECT value FROM json_each(?))",
    "postgresql": "account = $1 AND {column} = ANY($2::text[])",
}

VERSIONS = "SELECT stream, max(version) FROM events WHERE {among} GROUP BY stream"
RETIRED = "SELECT stream, version FROM retired_streams WHERE {among}"
STATES = "SELECT id, state FROM orders WHERE {among}"

FILLS = "SELECT trade, at FROM fills WHERE {among} AND venue = {third}"
TRADES = "SELECT id, at FROM trades WHERE {among}"

COLUMNS = {VERSIONS: "stream", RETIRED: "stream", STATES: "id", FILLS: "trade", TRADES: "id"}
THIRD = {"sqlite": "?", "postgresql": "$3"}


def looked_up(
    connection: Connection, question: str, account: str, names: Collection[str], *third: str
) -> Mapping[str, Any]:
    """Return the answer for each name that has one; some questions are about a third thing beside."""
    if not names:
        return {}
    engine = connection.dialect.name
    text = question.format(among=AMONG[engine].format(column=COLUMNS[question]), third=THIRD[engine])
    told = json.dumps(list(names)) if engine == "sqlite" else list(names)
    found: Any = connection.exec_driver_sql(text, (account, told, *third))
    return dict(found.all())
