"""Whether a database is merely away: then one waits and asks again; any other error goes on as it is."""

import asyncio
import sqlite3
from types import TracebackType

from sqlalchemy.exc import DBAPIError, InterfaceError

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.database import Database

SERVER = ("08", "25006", "40", "53", "57", "58")
"""How PostgreSQL's codes begin for what passes: a lost connection, a standby that takes no writes, a deadlock, no
room, an operator at work, a fault of its machine."""

FILE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}
"""SQLite's codes for what passes."""


class Away(CryptoflowError):
    """A database does not answer. What was being written is there as a whole or not at all: asking it again tells."""

    def __init__(self, database: str, why: str, fix: str = "") -> None:
        self.why = why
        super().__init__(
            f"{database} cannot be used: {why}",
            fix=fix or "start it, or name another one with CRYPTOFLOW_DATABASE_URL",
            code=ExitCode.UNAVAILABLE,
        )


def absence(error: BaseException) -> str | None:
    """Return why a database is away, None for an error that has another cause.

    >>> absence(ConnectionRefusedError("nobody listens")), absence(TimeoutError()), absence(ValueError("our bug"))
    ('nobody listens', 'it does not answer in time', None)
    """
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    told = str(cause).partition("\n")[0]
    told = told.partition(">: ")[2] or told  # the adapter puts its driver's class in front
    server, file = getattr(cause, "sqlstate", None), getattr(cause, "sqlite_errorcode", None)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return told
    if server is not None:
        return told if server.startswith(SERVER) else None
    if file is not None:
        return told if file & 0xFF in FILE else None
    if isinstance(error, OSError | InterfaceError):
        return told or "it does not answer in time"
    return None


class answered:  # noqa: N801  # reads as what it is at its use
    """Turns the absence of a database into `Away`; a server that needs more than `seconds` to answer is away.

    A file is never given up on: SQLite itself waits for another writer for a bounded time only, and cutting its driver
    off in mid-word can leave the lock held by nobody.
    """

    def __init__(self, database: Database, seconds: float) -> None:
        self.database, self.patience = database, asyncio.timeout(None if database.is_sqlite else seconds)

    async def __aenter__(self) -> None:
        """Begin to wait."""
        await self.patience.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say in our words what a driver said in its own."""
        try:
            await self.patience.__aexit__(kind, error, trace)
        except TimeoutError as late:
            error = late
        why = None if error is None or isinstance(error, CryptoflowError) else absence(error)
        if why is not None:
            raise Away(self.database.name, why) from error
