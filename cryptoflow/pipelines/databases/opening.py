"""A database for use: there, and of the revision that this version needs, or a message that says what to do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DatabaseError

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases.targets import Target
from cryptoflow.storage.away import Away, absence
from cryptoflow.storage.database import Database
from cryptoflow.storage.migrating import newest, revision

FILE_FIX = "see that it is a database of ours, that it can be written, and that its disk has room"


@asynccontextmanager
async def reached(target: Target) -> AsyncIterator[Database]:
    """Yield a database of whatever revision; a server that is not there, or a file that is none, is told in words."""
    database = Database(target.url, writers=target.writers)
    try:
        yield database
    except (OSError, DatabaseError) as error:
        why = absence(error) or (str(error.orig) if isinstance(error, DatabaseError) and target.file else None)
        if why is None:
            raise
        raise Away(target.place, why, FILE_FIX if target.file else "") from error
    finally:
        await database.close()


@asynccontextmanager
async def ready(target: Target) -> AsyncIterator[Database]:
    """Yield a database of today's revision."""
    if not target.exists():
        what = f"there is no database at {target.place}"
        raise CryptoflowError(what, fix="cryptoflow db upgrade", code=ExitCode.UNAVAILABLE)
    async with reached(target) as database:
        async with database.reading() as connection:
            found = await connection.run_sync(revision)
        if found != newest():
            raise CryptoflowError(
                f"{target.place} is of revision {found or 'none'}, this version needs {newest()}",
                fix="cryptoflow db upgrade",
                code=ExitCode.UNAVAILABLE,
            )
        yield database
