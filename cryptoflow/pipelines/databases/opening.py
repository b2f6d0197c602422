"""A database for use: there, and of the revision that this version needs, or a message that says what to do."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from sqlalchemy.exc import DBAPIError

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases.targets import Target
from cryptoflow.storage.away import Away, absence, words
from cryptoflow.storage.database import Database, is_damaged, is_lacking, is_no_database
from cryptoflow.storage.migrating import Foreign, check, our_revision
from cryptoflow.storage.read_only import unchanged

FILE_FIX = "look whether another process holds it, whether this one may write it, and for room on its disk"

CHECK = "cryptoflow db check"
"""What names everything in which a database differs from what it must be."""


class Named(Protocol):
    """Whatever has a name that people may see."""

    @property
    def name(self) -> str:
        """Return it."""


@asynccontextmanager
async def reachable(named: Named, fix: str = "", back: Callable[[], str] = str) -> AsyncIterator[None]:
    """Say in words what a driver raises where a database cannot be used; any other error goes on as it is.

    `back` is asked only then for what brings the database back: it looks at every backup.
    """
    try:
        yield
    except (OSError, DBAPIError) as error:
        if is_no_database(error):
            raise CryptoflowError(f"{named.name} is no database", fix=back(), code=ExitCode.INVALID) from error
        if is_damaged(error):
            fix = back() or "keep a copy of it; `cryptoflow backup list` shows what can be restored"
            raise CryptoflowError(f"{named.name} is damaged", fix=fix, code=ExitCode.INVALID) from error
        if is_lacking(error):
            what = f"{named.name} is not as it must be: {words(error)}"
            raise CryptoflowError(what, fix=CHECK, code=ExitCode.INVALID) from error
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
            async with reachable(database, FILE_FIX if database.is_sqlite else "", lambda: target.fix):
                yield database
    except (Away, Foreign) as error:
        if not target.option or (database.is_sqlite and isinstance(error, Away)):
            raise
        start = "start it, or " if isinstance(error, Away) else ""
        raise advising(error, f"{start}{target.fix}") from error
    finally:
        await database.close()


def advising(error: CryptoflowError, fix: str) -> CryptoflowError:
    """Return an error with what to do about it, from where that is known."""
    return CryptoflowError((each._replace(fix=fix) for each in error.problems), code=error.code)


@asynccontextmanager
async def ready(target: Target, *, reads: bool = False) -> AsyncIterator[Database]:
    """Yield a database of today's revision."""
    if not target.exists():
        what = f"there is no database at {target.place}"
        raise CryptoflowError(what, fix="cryptoflow db upgrade", code=ExitCode.UNAVAILABLE)
    async with reached(target, reads=reads) as database:
        async with database.reading() as connection:
            found = await connection.run_sync(our_revision)
        check(target.place, found)
        yield database
