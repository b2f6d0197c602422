"""PostgreSQL keeps what grows with time in a part per month: made when first needed, taken away whole.

SQLite has no parts; nothing here does anything there.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, text

TABLES = ("events", "orders", "fills", "trades", "equity", "risk_metrics")
"""Tables that are kept by month."""


def month_of(at: int) -> str:
    """Return the month of a moment.

    >>> month_of(1_700_000_000_000)
    '2023_11'
    """
    return f"{datetime.fromtimestamp(at // 1000, UTC):%Y_%m}"


def after(month: str) -> str:
    """Return the month after one.

    >>> after("2023_12")
    '2024_01'
    """
    year, number = map(int, month.split("_"))
    return f"{year + number // 12}_{number % 12 + 1:02}"


def start_of(month: str) -> int:
    """Return the moment at which a month begins.

    >>> start_of("1970_02")
    2678400000
    """
    year, number = map(int, month.split("_"))
    return int(datetime(year, number, 1, tzinfo=UTC).timestamp()) * 1000


def make_room(connection: Connection, moments: Iterable[int]) -> None:
    """Make the parts that rows of these moments need, and the one after the newest."""
    if connection.dialect.name != "postgresql":
        return
    months = {month_of(at) for at in moments}
    if not months:
        return
    wanted = {f"{table}_p{month}": (table, month) for month in months | {after(max(months))} for table in TABLES}
    there = text(
        "SELECT relname FROM pg_class WHERE relname = ANY(:names) "
        "AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
    )
    for row in connection.execute(there, {"names": list(wanted)}):
        del wanted[row.relname]
    for part, (table, month) in sorted(wanted.items()):
        first, last = start_of(month), start_of(after(month))
        connection.execute(
            text(f'CREATE TABLE IF NOT EXISTS "{part}" PARTITION OF {table} FOR VALUES FROM ({first}) TO ({last})')
        )
        if table == "events":
            connection.execute(
                text(
                    f'CREATE OR REPLACE TRIGGER events_no_truncate BEFORE TRUNCATE ON "{part}" '
                    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                )
            )
