"""`db upgrade`, `status` and `check`: whether databases are what this version needs, and making them so."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection

from cryptoflow.pipelines.databases.opening import reached
from cryptoflow.pipelines.databases.targets import Target
from cryptoflow.storage.appending import head_of
from cryptoflow.storage.database import Database
from cryptoflow.storage.migrating import differences, newest, revision, upgrade
from cryptoflow.storage.reading import accounts

BEFORE = ".before-"
"""What the copy of a file is called that is made before it is upgraded, followed by its revision."""


class Status(NamedTuple):
    """What a database is: `found` is its revision, None for one that is not there or empty."""

    name: str
    place: str
    found: str | None
    needed: str
    events: int
    accounts: Sequence[str]

    @property
    def ready(self) -> bool:
        """Say whether this version can work with it."""
        return self.found == self.needed


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
    async with reached(target) as database, database.reading() as connection:
        return await connection.run_sync(_look, target)


def _look(connection: Connection, target: Target) -> Status:
    found = revision(connection)
    if found != newest():
        return Status(target.name, target.place, found, newest(), 0, ())
    known = accounts(connection)
    events = sum(head_of(connection, account).seq for account in known)
    return Status(target.name, target.place, found, newest(), events, known)


async def bring_forward(target: Target) -> Upgraded:
    """Bring a database to the newest revision; of a file a copy is made first, which stays when that fails."""
    file = target.file
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    before = (await status(target)).found
    if before == newest():
        return Upgraded(target.name, before, before, None)
    copied = file.with_name(f"{file.name}{BEFORE}{before}") if file is not None and before is not None else None
    async with reached(target) as database:
        if copied is not None:
            await keep(database, copied)
        async with database.writing() as connection:
            await connection.run_sync(upgrade)
    return Upgraded(target.name, before, newest(), copied)


async def keep(database: Database, copied: Path) -> None:
    """Write a copy of a SQLite file as it is now."""
    begun = copied.with_name(copied.name + ".part")
    begun.unlink(missing_ok=True)
    async with database.engine.connect() as connection:
        connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.exec_driver_sql("VACUUM INTO ?", (str(begun),))
    shutil.move(begun, copied)


async def odd(target: Target) -> list[Any]:
    """Return how a database differs from what this version would have made."""
    async with reached(target) as database, database.reading() as connection:
        return await connection.run_sync(differences)
