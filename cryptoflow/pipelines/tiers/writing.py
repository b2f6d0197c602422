"""Telling an account's journal something from outside of its trading process, while nobody trades it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from cryptoflow.clock import MachineClock
from cryptoflow.domain.journal.recorded import Draft, Recorded
from cryptoflow.pipelines.databases.leases import terms
from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import shared
from cryptoflow.pipelines.journals.place import journal_file
from cryptoflow.storage.events.appending import append
from cryptoflow.storage.files import create
from cryptoflow.storage.leases.floor import floor_of
from cryptoflow.storage.leases.lease import Leases


async def written(account: str, drafts: Sequence[Draft], what: str, home: Path | None = None) -> list[Recorded]:
    """Write events as the next ones of an account, or raise `LeaseHeld` while a process trades it."""
    async with held(account, what, home) as token:
        return await asyncio.to_thread(_append, journal_file(account, home), account, drafts, token)


@asynccontextmanager
async def held(account: str, what: str, home: Path | None = None) -> AsyncIterator[int]:
    """Hold an account meanwhile and yield the token to write under; without a shared database nobody else can."""
    floor = await asyncio.to_thread(floor_of, journal_file(account, home), account)
    if not shared(home).exists():
        yield floor
        return
    async with (
        ready(shared(home)) as database,
        await Leases(database, MachineClock(), terms()).take(account, what, above=floor) as lease,
    ):
        yield lease.token


def _append(file: Path, account: str, drafts: Sequence[Draft], token: int) -> list[Recorded]:
    engine = create(file)
    try:
        with engine.begin() as connection:
            return append(connection, account, drafts, token=token)
    finally:
        engine.dispose()
