"""Whether a database is merely away: then one waits and asks again; any other error goes on as it is."""

import asyncio
import errno
import os
import re
import sqlite3
from types import TracebackType
from typing import Protocol

from sqlalchemy.exc import DBAPIError, InterfaceError

from cryptoflow.errors import CryptoflowError, ExitCode

SERVER = ("08", "25006", "28", "3D000", "40", "53", "57", "58")
"""How PostgreSQL's codes begin for what passes: a lost connection, a standby that takes no writes, a login or a
database that is not there yet, a deadlock, no room, an operator at work, a fault of its machine."""

NETWORK = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.ENETRESET}
"""What a machine says of the way to a server; its other errors are about files and programs."""

FILE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}
"""SQLite's codes for what passes."""


NUMBERED = re.compile(r"\[Errno (-?\d+)\] (.*)")
"""How Python tells what the system said: also several times in one line, for each address of a name."""


class Away(CryptoflowError):
    """A database does not answer. What was being written is there as a whole or not at all: asking it again tells."""

    def __init__(self, database: str, why: str, fix: str = "") -> None:
        self.why = why
        super().__init__(
            f"{database} cannot be used: {why}",
            fix=fix or "start it, or name another one with CRYPTOFLOW_DATABASE_URL",
            code=ExitCode.UNAVAILABLE,
        )


class Named(Protocol):
    """Whatever has a name that people may see, on a server or in a file."""

    @property
    def name(self) -> str:
        """Return it."""

    @property
    def is_sqlite(self) -> bool:
        """Say whether it is a file."""


def words(error: BaseException) -> str:
    """Return what a driver said, in one line.

    >>> words(ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 5432)"))
    'Connection refused'
    """
    told = str(_cause(error)).partition("\n")[0]
    if numbered := NUMBERED.search(told):
        number, said = int(numbered[1]), numbered[2]
        return os.strerror(number) if number > 0 else said
    return told.partition(">: ")[2] or told or "it does not answer in time"  # the adapter puts a class in front


def absence(error: BaseException) -> str | None:
    """Return why a database is away, None for an error that has another cause.

    >>> absence(ConnectionRefusedError("nobody listens")), absence(TimeoutError()), absence(PermissionError("a file"))
    ('nobody listens', 'it does not answer in time', None)
    """
    cause, told = _cause(error), words(error)
    server, file = getattr(cause, "sqlstate", None), getattr(cause, "sqlite_errorcode", None)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return told
    if server is not None:
        return told if server.startswith(SERVER) else None
    if file is not None:
        return told if file & 0xFF in FILE else None
    if isinstance(error, ConnectionError | TimeoutError | InterfaceError):
        return told
    return told if isinstance(error, OSError) and error.errno in NETWORK else None


def _cause(error: BaseException) -> BaseException:
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


class answered:  # noqa: N801  # reads as what it is at its use
    """Turns the absence of a database into `Away`; a server that needs more than `seconds` to answer is away.

    A file is never given up on: SQLite itself waits for another writer for a bounded time only, and cutting its driver
    off in mid-word can leave the lock held by nobody. Cut off as it has its socket but has not asked for TLS yet,
    asyncpg leaves a future behind that nobody reads: asyncio then logs "unexpected connection_lost() call", and nothing
    else comes of it.
    """

    def __init__(self, database: Named, seconds: float) -> None:
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
