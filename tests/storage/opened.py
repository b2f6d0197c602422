"""A journal to append to, for the time of a test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from cryptoflow.clock import Clock, MachineClock
from cryptoflow.storage.database import local_engine
from cryptoflow.storage.events.journal import Journal
from cryptoflow.storage.events.reading import Audit, audit
from cryptoflow.storage.files import existing

T = TypeVar("T")


@asynccontextmanager
async def journal_in(file: Path, clock: Clock | None = None, **options: Any) -> AsyncIterator[Journal]:
    """Yield the journal of `main` in a file."""
    journal = Journal(existing(file), "main", clock or MachineClock(), **options)
    try:
        yield journal
    finally:
        await journal.close()


def with_journal(file: Path, doing: Callable[[Journal], Awaitable[T]], **options: Any) -> T:
    """Do something with the journal in a file, and return what came of it; it may take a minute, not for ever."""

    async def run() -> T:
        async with asyncio.timeout(60), journal_in(file, **options) as journal:
            return await doing(journal)

    return asyncio.run(run())


def audited(file: Path, account: str = "main") -> Audit:
    """Look at the whole journal in a file."""
    engine = local_engine(str(file))
    try:
        with engine.connect() as connection:
            return audit(connection, account)
    finally:
        engine.dispose()


def pragma(journal: Journal, text: str) -> Any:
    """Run a PRAGMA on the connection that a journal writes through, and return what it says."""
    raw = journal.engine.raw_connection()
    try:
        cursor = raw.cursor()
        row = cursor.execute(f"PRAGMA {text}").fetchone()
        cursor.close()
        return row and row[0]
    finally:
        raw.close()
