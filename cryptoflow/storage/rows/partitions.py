"""PostgreSQL keeps what grows with time in a part per month: made when first needed, taken away whole.

SQLite has no parts; nothing here does anything there.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, text

TABLES = ("events", "orders", "fills", "trades", "equity", "risk_metrics")
"""Tables that are kept by month."""

ONE_AT_A_TIME = 4_207_849_485
"""The number of the lock under which one process makes parts while others wait for them."""

GUARDS = (
    'CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON "{part}" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
    (
        'CREATE TRIGGER events_after_the_end AFTER INSERT ON "{part}" REFERENCING NEW TABLE AS added '
        "FOR EACH STATEMENT EXECUTE FUNCTION judge_added()"
    ),
)
"""What guards a part of the journal against whoever goes past the whole; guards of rows come with the whole."""

THERE = text(
    "SELECT relname FROM pg_class WHERE relname = ANY(:names) "
    "AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
)


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
    """Make the parts that rows of these moments need, and the one after the newest.

    A part is made by itself and then attached, which keeps neither readers nor writers of the others waiting.
    """
    if connection.dialect.name != "postgresql":
        return
    months = {month_of(at) for at in moments}
    if not months:
        return
    wanted = {f"{table}_p{month}": (table, month) for month in months | {after(max(months))} for table in TABLES}
    if not _missing(connection, wanted):
        return
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
    for part in _missing(connection, wanted):  # by now somebody else may have made them
        make_part(connection, *wanted[part])


def _missing(connection: Connection, parts: Iterable[str]) -> list[str]:
    names = list(parts)
    there = set(connection.scalars(THERE, {"names": names}))
    return sorted(set(names) - there)


def make_part(connection: Connection, table: str, month: str) -> None:
    """Make the part of a table for a month."""
    part = f"{table}_p{month}"
    first, last = start_of(month), start_of(after(month))
    connection.execute(text(f'CREATE TABLE "{part}" (LIKE {table} INCLUDING ALL)'))
    for guard in GUARDS if table == "events" else ():
        connection.execute(text(guard.format(part=part)))
    connection.execute(text(f'ALTER TABLE {table} ATTACH PARTITION "{part}" FOR VALUES FROM ({first}) TO ({last})'))
