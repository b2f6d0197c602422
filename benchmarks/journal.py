"""What it takes to keep events in a file: in batches, one by one, in a burst; beside plain SQLite and the disk."""

import asyncio
import os
import sqlite3
import tempfile
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import Engine

from benchmarks.figures import Aim, Times, Work, side_by_side
from benchmarks.stories import PER_ORDER, intents, lives
from cryptoflow.clock import MachineClock
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.storage.database import PRAGMAS
from cryptoflow.storage.events.appending import EVENTS, append
from cryptoflow.storage.events.journal import Journal
from cryptoflow.storage.events.rebuilding import MADE
from cryptoflow.storage.files import create
from cryptoflow.storage.rows.projecting import ORDERS

BATCH = 5_000
EVENTS_A_ROUND = 20_000
BURST = 10_000
SAMPLES = 10_000
COMMIT = 16 * 1024
"""Bytes that a commit of one event adds to the file, about."""

Rows = Mapping[str, Sequence[Sequence[Any]]]


def journal() -> Iterator[Work]:
    """Time the journal of a process that trades, on the disk of temporary files."""
    with tempfile.TemporaryDirectory() as folder:
        yield batches(Path(folder))
        yield from one_by_one(Path(folder))
        yield burst(Path(folder))


def batches(folder: Path) -> Work:
    """Time events in batches, with every row that is made of them."""
    drafts = lives(EVENTS_A_ROUND // PER_ORDER)
    engine, numbers = create(folder / "batches.db"), count()
    connection = plain(folder / "plain.db")

    def ours() -> None:
        account = f"account-{next(numbers)}"
        for first in range(0, len(drafts), BATCH):
            with engine.begin() as connection:
                append(connection, account, drafts[first : first + BATCH])

    ours()
    rows = written(engine, "account-0")

    def yardstick() -> None:
        for some in parts(rows):
            with connection:
                added(connection, some)

    name, against = f"journal into SQLite, {EVENTS_A_ROUND:,} events", "sqlite3's executemany of the same rows"
    return side_by_side(name, ours, yardstick, against, EVENTS_A_ROUND, "event", Aim(1 / 5_000, "unit"), 5, waits=True)


def one_by_one(folder: Path) -> Iterator[Work]:
    """Time single events, each on the disk before the next, in turn with plain writes to the same disk."""
    taken: list[tuple[float, float]] = []

    def sampled() -> list[tuple[float, float]]:
        taken[:] = asyncio.run(samples(folder))
        return taken

    def quantile(share: float, pairs: Sequence[tuple[float, float]]) -> Times:
        ours, disk = (sorted(each)[round(share * len(each)) - 1] for each in zip(*pairs, strict=True))
        return Times(ours / disk, ours, ours, disk)

    against = f"writing {COMMIT // 1024} KiB and fsync on the same disk"
    yield Work(
        "a durable append, p99", lambda: quantile(0.99, sampled()), against, aim=Aim(0.002, "seconds"), waits=True
    )
    yield Work("a durable append, p50", lambda: quantile(0.5, taken or sampled()), against, waits=True)


async def samples(folder: Path) -> list[tuple[float, float]]:
    """Return what each append took, and each write to the disk."""
    found = []
    drafts = lives(SAMPLES // PER_ORDER)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        keeping = Journal(create(Path(place) / "single.db"), "main", MachineClock())
        disk = os.open(Path(place) / "disk", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        page = os.urandom(COMMIT)
        for draft in drafts:
            began = perf_counter()
            await keeping.append([draft])
            kept = perf_counter()
            os.write(disk, page)
            os.fsync(disk)
            found.append((kept - began, perf_counter() - kept))
        os.close(disk)
        await keeping.close()
    return found


def burst(folder: Path) -> Work:
    """Time intents that are all meant at once, until the last of them is on the disk."""
    drafts, numbers = intents(BURST), count()
    connection = plain(folder / "plain_burst.db")
    engine = create(folder / "burst.db")

    def ours() -> None:
        asyncio.run(all_at_once(engine, f"account-{next(numbers)}", drafts))

    ours()
    rows = written(engine, "account-0")

    def yardstick() -> None:
        with connection:
            added(connection, {name: rows[name] for name in (EVENTS.name, ORDERS.name)})

    against = "sqlite3's executemany of the same rows in one commit"
    name = f"{BURST:,} intents at once, all durable"
    return side_by_side(name, ours, yardstick, against, BURST, "intent", Aim(1.0, "seconds"), 5, waits=True)


async def all_at_once(engine: Engine, account: str, drafts: Sequence[Draft]) -> None:
    """Append each draft by itself, without waiting for another."""
    keeping = Journal(engine, account, MachineClock())
    waiting: list[Coroutine[Any, Any, Any]] = [keeping.append([draft]) for draft in drafts]
    await asyncio.gather(*waiting)
    await keeping.close()


def plain(file: Path) -> sqlite3.Connection:
    """Return a file as durable as a journal, with its tables but without keys, indexes and law."""
    connection = sqlite3.connect(file)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    for table in (EVENTS, *MADE):
        names = ", ".join(f'"{each.name}"' for each in table.columns)
        connection.execute(f"CREATE TABLE {table.name} ({names})")
    return connection


def written(engine: Engine, account: str) -> Rows:
    """Return what an account has in each table, as the driver reads it."""
    with engine.connect() as connection:
        return {
            table.name: connection.exec_driver_sql(
                f"SELECT * FROM {table.name} WHERE account = ?", (account,)
            ).fetchall()
            for table in (EVENTS, *MADE)
        }


def parts(rows: Rows) -> Iterator[Rows]:
    """Yield rows in as many parts as there were batches."""
    pieces = EVENTS_A_ROUND // BATCH
    for piece in range(pieces):
        yield {
            name: all_of[piece * len(all_of) // pieces : (piece + 1) * len(all_of) // pieces]
            for name, all_of in rows.items()
        }


def added(connection: sqlite3.Connection, rows: Rows) -> None:
    """Add rows to their tables."""
    for name, some in rows.items():
        if some:
            connection.executemany(
                f"INSERT INTO {name} VALUES ({', '.join('?' * len(some[0]))})", list(map(tuple, some))
            )
