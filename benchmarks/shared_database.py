"""What PostgreSQL takes: events with all that is made of them, and what a curve of ten million minutes comes to."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import count
from typing import Any

import asyncpg
from sqlalchemy import Connection, text

from benchmarks.figures import Aim, Work, side_by_side
from benchmarks.journal import BATCH, EVENTS_A_ROUND, Rows, parts
from benchmarks.stories import PER_ORDER, lives
from cryptoflow.domain.kept.curve import EquitySpan
from cryptoflow.storage.database import Database
from cryptoflow.storage.events.appending import EVENTS, append
from cryptoflow.storage.events.rebuilding import MADE
from cryptoflow.storage.migrating import upgrade
from cryptoflow.storage.rows.partitions import after, make_room, month_of, start_of
from cryptoflow.storage.rows.projecting import MINUTE
from cryptoflow.storage.rows.rolling import DAY
from cryptoflow.storage.work.sql_store import SqlStore
from tests.servers.postgres import postgres

MINUTES = 10_000_000
DAYS = MINUTES * MINUTE // DAY
LOADED = DAYS * DAY // MINUTE
START = 12_000 * DAY
FIRST, LAST = WHOLE = START, START + DAYS * DAY
AT_ONCE = 1_000_000

OVER_MINUTES = """
SELECT min(at),
    (SELECT equity FROM equity WHERE account = :account AND at >= :first AND at < :last ORDER BY at LIMIT 1),
    max(equity), min(equity),
    (SELECT equity FROM equity WHERE account = :account AND at >= :first AND at < :last ORDER BY at DESC LIMIT 1),
    count(*)
FROM equity WHERE account = :account AND at >= :first AND at < :last
"""

HOURS = """
INSERT INTO equity_1h (account, at, open, high, low, close, minutes)
SELECT account, at / 3600000 * 3600000, (array_agg(equity ORDER BY at))[1], max(equity), min(equity),
    (array_agg(equity ORDER BY at DESC))[1], count(*)
FROM equity GROUP BY 1, 2
"""

DAYS_OF_HOURS = """
INSERT INTO equity_1d (account, at, open, high, low, close, minutes)
SELECT account, at / 86400000 * 86400000, (array_agg(open ORDER BY at))[1], max(high), min(low),
    (array_agg(close ORDER BY at DESC))[1], sum(minutes)
FROM equity_1h GROUP BY 1, 2
"""


def shared_database() -> Iterator[Work]:
    """Time a server of the tests' own, which waits for its disk at every commit."""
    with postgres() as server, asyncio.Runner() as runner:
        url = f"{server.url}/postgres"
        database, raw = Database(url), runner.run(asyncpg.connect(url))
        try:
            runner.run(inside(database, upgrade))
            yield batches(runner, database, raw)
            runner.run(loaded(database, raw))
            yield aggregates(runner, database)
        finally:
            runner.run(raw.close())
            runner.run(database.close())


def batches(runner: asyncio.Runner, database: Database, raw: asyncpg.Connection) -> Work:
    """Time events in batches, with every row that is made of them."""
    drafts, numbers = lives(EVENTS_A_ROUND // PER_ORDER), count()

    async def appended(account: str) -> None:
        for first in range(0, len(drafts), BATCH):
            await inside(database, append, account, drafts[first : first + BATCH])

    async def copied() -> None:
        for some in parts(rows):
            async with raw.transaction():
                for name, records in some.items():
                    await raw.copy_records_to_table(f"plain_{name}", records=records)

    runner.run(appended("first"))
    rows = runner.run(written(raw, "first"))
    return side_by_side(
        f"journal into PostgreSQL, {EVENTS_A_ROUND:,} events",
        lambda: runner.run(appended(f"account-{next(numbers)}")),
        lambda: runner.run(copied()),
        "asyncpg's COPY of the same rows into plain tables",
        EVENTS_A_ROUND,
        "event",
        Aim(1 / 10_000, "unit"),
        5,
        waits=True,
    )


def aggregates(runner: asyncio.Runner, database: Database) -> Work:
    """Time what equity comes to over all minutes: by way of the days, and by way of the minutes."""

    def ours() -> EquitySpan | None:
        return runner.run(over_days(database))

    def yardstick() -> EquitySpan:
        return EquitySpan("main", *runner.run(reading(database, over_minutes)))

    if ours() != yardstick():
        raise ValueError("the days do not say what the minutes say")
    against = "the same aggregate over the minutes"
    return side_by_side(
        f"equity over {LOADED:,} minutes", ours, yardstick, against, aim=Aim(0.01, "seconds"), rounds=5, waits=True
    )


async def inside(database: Database, doing: Callable[..., Any], *about: Any) -> Any:
    """Do something in a transaction."""
    async with database.writing() as connection:
        return await connection.run_sync(doing, *about)


async def reading(database: Database, doing: Callable[..., Any], *about: Any) -> Any:
    """Ask something."""
    async with database.reading() as connection:
        return await connection.run_sync(doing, *about)


async def written(raw: asyncpg.Connection, account: str) -> Rows:
    """Return what an account has in each table, and make a table beside it without keys, indexes and law."""
    rows = {}
    for table in (EVENTS, *MADE):
        await raw.execute(f"CREATE TABLE plain_{table.name} (LIKE {table.name})")
        found = await raw.fetch(f"SELECT * FROM {table.name} WHERE account = $1", account)
        rows[table.name] = list(map(tuple, found))
    return rows


async def loaded(database: Database, raw: asyncpg.Connection) -> None:
    """Load the minutes of many years, and roll them up as they are kept."""
    month, last = month_of(FIRST), month_of(LAST)
    while month <= last:
        await inside(database, make_room, [start_of(month)])
        month = after(month)
    for first in range(0, LOADED, AT_ONCE):
        minutes = range(first, min(first + AT_ONCE, LOADED))
        records = (("main", START + minute * MINUTE, worth(minute), None) for minute in minutes)
        await raw.copy_records_to_table("equity", records=records)
    await raw.execute("TRUNCATE equity_1h, equity_1d")
    await raw.execute(HOURS)
    await raw.execute(DAYS_OF_HOURS)
    await raw.execute("VACUUM ANALYZE equity, equity_1h, equity_1d")


async def over_days(database: Database) -> EquitySpan | None:
    """Return what equity comes to, as whoever wants to know it asks."""
    async with SqlStore(database).view("main") as work:
        return await work.equity.over(*WHOLE)


def over_minutes(connection: Connection) -> Sequence[Any]:
    """Return what equity comes to, asked of every minute."""
    return connection.execute(text(OVER_MINUTES), {"account": "main", "first": FIRST, "last": LAST}).one()


def worth(minute: int) -> Decimal:
    """Return what the account was worth: up and down, and never the same twice in a day."""
    return Decimal(10_000_00 + minute * 7919 % 1_000_003).scaleb(-2)
