"""A database for use: there, and of the revision that this version needs, or a message that says what to do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases.targets import Target
from cryptoflow.storage.database import Database
from cryptoflow.storage.migrating import newest, revision


@asynccontextmanager
async def reached(target: Target) -> AsyncIterator[Database]:
    """Yield a database of whatever revision; a server that is not there, or a file that is none, is told in words."""
    database = Database(target.url)
    try:
        yield database
    except (OSError, DBAPIError) as error:
        raise unusable(target.url, error) from error
    finally:
        await database.close()


@asynccontextmanager
async def ready(target: Target) -> AsyncIterator[Database]:
    """Yield a database of today's revision."""
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


def unusable(url: URL, error: OSError | DBAPIError) -> CryptoflowError:
    """Return what to say of a database that cannot be used."""
    said = error.orig if isinstance(error, DBAPIError) else error
    if url.drivername.startswith("sqlite"):
        fix = "see that it is a database of ours and that its folder can be written"
        return CryptoflowError(f"{url.database} cannot be used: {said}", fix=fix, code=ExitCode.UNAVAILABLE)
    fix = "start it, or name another one with CRYPTOFLOW_DATABASE_URL"
    name = url.render_as_string(hide_password=True)
    return CryptoflowError(f"{name} cannot be used: {said}", fix=fix, code=ExitCode.UNAVAILABLE)
