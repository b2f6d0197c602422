"""A database for use: there, and of the revision that this version needs, or a message that says what to do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from sqlalchemy.exc import DBAPIError

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases.targets import Target
from cryptoflow.storage.away import Away, absence
from cryptoflow.storage.database import Database, is_damaged, is_no_database
from cryptoflow.storage.migrating import check, revision
from cryptoflow.storage.read_only import unchanged

FILE_FIX = "look whether another process holds it, whether this one may write it, and for room on its disk"

DAMAGED_FIX = "keep a copy of it; `cryptoflow backup list` shows what can be restored"


class Named(Protocol):
    """Whatever has a name that people may see."""

    @property
    def name(self) -> str:
        """Return it."""


@asynccontextmanager
async def reachable(named: Named, fix: str = "") -> AsyncIterator[None]:
    """Say in words what a driver raises where a database cannot be used; any other error goes on as it is."""
    try:
        yield
    except (OSError, DBAPIError) as error:
        if is_no_database(error):
            raise CryptoflowError(f"{named.name} is no database of ours", code=ExitCode.INVALID) from error
        if is_damaged(error):
            raise CryptoflowError(f"{named.name} is damaged", fix=DAMAGED_FIX, code=ExitCode.INVALID) from error
        why = absence(error)
        if why is None:
            raise
        raise Away(named.name, why, fix) from error


@asynccontextmanager
async def reached(target: Target, *, reads: bool = False) -> AsyncIterator[Database]:
    """Yield a database of whatever revision; a server that is not there, or a file that is none, is told in words.

    Whoever only reads also gets a file that nobody here can write.
    """
    database = target.open(reads=reads)
    try:
        with unchanged(database.engine.url):
            async with reachable(database, FILE_FIX if database.is_sqlite else ""):
                yield database
    finally:
        await database.close()


@asynccontextmanager
async def ready(target: Target, *, reads: bool = False) -> AsyncIterator[Database]:
    """Yield a database of today's revision."""
    if not target.exists():
        what = f"there is no database at {target.place}"
        raise CryptoflowError(what, fix="cryptoflow db upgrade", code=ExitCode.UNAVAILABLE)
    async with reached(target, reads=reads) as database:
        async with database.reading() as connection:
            found = await connection.run_sync(revision)
        check(target.place, found)
        yield database
