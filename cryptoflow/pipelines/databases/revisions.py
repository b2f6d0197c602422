"""`db upgrade` and `status`: whether databases are of the revision that this version needs, and making them so."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.store import disk
from cryptoflow.pipelines.databases.opening import reached
from cryptoflow.pipelines.databases.targets import SHARED_NAME, Target
from cryptoflow.storage.events.appending import head_of
from cryptoflow.storage.events.reading import accounts
from cryptoflow.storage.migrating import be_alone, is_known, newest, our_revision, upgrade
from cryptoflow.storage.pending import Pending, pending

BEFORE = ".before-"
"""What the copy of a file is called that is made before it is upgraded, followed by its revision."""


class Status(NamedTuple):
    """What a database is: `found` is its revision, None for one that is not there or empty.

    `events` is None where another version's revision says that nobody here can count them.
    """

    name: str
    place: str
    found: str | None
    needed: str
    events: int | None
    accounts: Sequence[str]
    pending: Pending = Pending()

    @property
    def ready(self) -> bool:
        """Say whether this version can work with it."""
        return self.found == self.needed

    @property
    def is_shared(self) -> bool:
        """Say whether it is the one that processes share."""
        return self.name == SHARED_NAME

    def facts(self, now: int) -> dict[str, Any]:
        """Return it as plain values."""
        return {**self._asdict(), "ready": self.ready, "pending": self.pending.facts(now)}


class Upgraded(NamedTuple):
    """A database that was brought forward, from what, and the copy that was made before."""

    name: str
    before: str | None
    after: str
    copy: Path | None


async def status(target: Target) -> Status:
    """Return what a database is."""
    if not target.exists():
        return Status(target.name, target.place, None, newest(), 0, ())
    async with reached(target, reads=True) as database, database.reading() as connection:
        return await connection.run_sync(_look, target)


def _look(connection: Connection, target: Target) -> Status:
    found = our_revision(connection)
    if found != newest():
        return Status(target.name, target.place, found, newest(), None if found else 0, ())
    known = accounts(connection)
    events = sum(head_of(connection, account).seq for account in known)
    return Status(target.name, target.place, found, newest(), events, known, pending(connection))


async def bring_forward(target: Target) -> Upgraded:
    """Bring a database to the newest revision; of a file a copy is made first, which stays when that fails."""
    if target.file is not None:
        target.file.parent.mkdir(parents=True, exist_ok=True)
    async with reached(target) as database, database.writing() as connection:
        await connection.run_sync(be_alone)
        before = await connection.run_sync(our_revision)
        if before == newest():
            return Upgraded(target.name, before, before, None)
        copied = await keep(target, before)  # others wait: nothing comes between copy and upgrade
        try:
            await connection.run_sync(upgrade)
        except DBAPIError as error:
            raise failed(target, copied, error) from error
    return Upgraded(target.name, before, newest(), copied)


async def keep(target: Target, before: str | None) -> Path | None:
    """Write a copy of a SQLite file as it is now, where there is something in it, to the disk, and return where."""
    if target.file is None or not is_known(before) or before is None:
        return None
    copied = target.file.with_name(f"{target.file.name}{BEFORE}{before}")
    begun = copied.with_name(copied.name + ".part")
    begun.unlink(missing_ok=True)
    with closing(sqlite3.connect(target.file, check_same_thread=False)) as source:
        await asyncio.to_thread(source.execute, "VACUUM INTO ?", (str(begun),))
    disk.sync(begun)
    begun.replace(copied)
    disk.settle(copied.parent)
    return copied


def failed(target: Target, copied: Path | None, error: DBAPIError) -> CryptoflowError:
    """Say that an upgrade came to nothing, and that nothing came of it."""
    kept = f", and a copy from before is {copied}" if copied is not None else ""
    return CryptoflowError(
        f"{target.name} could not be brought to {newest()}: {error.orig}",
        fix=f"it is as it was{kept}; mend what the message names and run the command again",
        code=ExitCode.UNAVAILABLE,
    )
