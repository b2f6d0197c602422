"""A database by its URL: SQLite for one person, PostgreSQL for many, the same tables in both."""

import re
import sqlite3
from asyncio import CancelledError
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from typing import Any

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.away import Away, words
from cryptoflow.storage.read_only import for_reading, sealed

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
"""What people write, and the driver that is meant."""

BUSY = 5_000
"""Milliseconds to wait for another writer of a SQLite file."""

LOG = 4_000
"""Pages of 4 KiB after which SQLite moves its log into the file: with its own 1,000 one commit in 150 waits for that,
which is the slowest hundredth of them.
"""

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY}",
    f"wal_autocheckpoint={LOG}",
)
"""What every connection to SQLite begins with: a commit is on the disk before it is answered."""

OURS = ("events", "heads")
"""Tables of which every revision of ours has at least one."""

NOT_OURS = "SELECT count(*) FROM sqlite_master WHERE type = 'table' HAVING NOT max(name IN (?, ?))"
"""Finds a row in a file that somebody else made: it has tables, and none of them is ours."""

LACKING = ("42P01", "42703")
"""PostgreSQL's codes for a table and for a column that are not there."""

LACKS = re.compile(r"^no such (table|column)\b|^table \w+ has no column named\b")
"""How SQLite, which has no code for that, says the same."""

READS = {"reads": True}
"""Execution option of a connection that only reads: it takes no lock that keeps a writer out."""


def url_of(text: str) -> URL:
    """Return a database's URL with the driver we use.

    >>> url_of("postgres://desk@db/trading").drivername
    'postgresql+asyncpg'
    """
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise _odd(text.rpartition("@")[2]) from error
    kind = url.drivername.partition("+")[0]
    if kind not in DRIVERS:
        raise _odd(url.render_as_string(hide_password=True))
    if kind == "sqlite" and url.database in (None, "", ":memory:"):
        raise CryptoflowError(f"{text} names no file", fix="write sqlite:///FILE", code=ExitCode.USAGE)
    return url.set(drivername=DRIVERS[kind])


def shown(url: URL) -> str:
    """Return a database as people name it: a file's path, or a server's address without its password.

    >>> shown(url_of("postgres://desk:secret@db/trading?password=secret")), shown(url_of("sqlite:///trading.db"))
    ('postgresql://desk:***@db/trading', 'trading.db')
    """
    if url.get_backend_name() == "sqlite" and url.database is not None:
        return url.database
    named = url.set(drivername=url.get_backend_name()).difference_update_query(["password"])
    return named.render_as_string(hide_password=True)


def _odd(text: str) -> CryptoflowError:
    return CryptoflowError(
        f"{text if '://' in text else repr(text)} is no database that CryptoFlow knows",
        fix="write sqlite:///FILE or postgresql://USER@HOST/NAME",
        code=ExitCode.USAGE,
    )


class Database:
    """A database to read and write, from an event loop. Its owner closes it.

    `writers` is how many processes mean to write at once: in a file there is room for one. One that is only read,
    as `reads` says, may lie where nothing can be written.
    """

    def __init__(self, url: str | URL, *, writers: int = 1, reads: bool = False, **options: Any) -> None:
        self.url = url_of(url) if isinstance(url, str) else url
        self.is_sqlite = self.url.drivername.startswith("sqlite")
        if self.is_sqlite and writers > 1:
            raise CryptoflowError(
                f"{writers} processes mean to write to {self.name}, but a SQLite file has one writer",
                fix="name a PostgreSQL with CRYPTOFLOW_DATABASE_URL, or declare one with CRYPTOFLOW_WRITERS=1",
                code=ExitCode.USAGE,
            )
        opened = for_reading(self.url) if reads and self.is_sqlite else self.url
        self.engine: AsyncEngine = create_async_engine(opened, **options)
        if self.is_sqlite:
            prepare(self.engine.sync_engine)
            let_go(self.engine.sync_engine)
        self._refusals = () if self.is_sqlite else refusals()

    @property
    def name(self) -> str:
        """Return what people may see of it: never a password."""
        return shown(self.url)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection; a server that gives none, for whatever reason, is away."""
        async with AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(self.engine.connect())
            except self._refusals as error:
                raise Away(self.name, words(error)) from error
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection in a transaction of its own: all of it at the end, nothing after an exception."""
        async with self.connected() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection that sees one state of the database and changes nothing."""
        async with self.connected() as connection:
            yield await connection.execution_options(**reading_options(self.is_sqlite))

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def refusals() -> tuple[type[Exception], ...]:
    """Return what a server's driver raises where it gets no connection: no way there, no right, no such database."""
    import asyncpg

    return (OSError, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def reading_options(is_sqlite: bool) -> Mapping[str, Any]:
    """Return what makes a connection read one state."""
    return READS if is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def local_engine(file: str, **options: Any) -> Engine:
    """Return an engine for a SQLite file that is used from threads, without an event loop."""
    engine = create_engine(URL.create("sqlite", database=file), **options)
    prepare(engine)
    return engine


def is_no_database(error: Exception) -> bool:
    """Say whether SQLite found a file that was never a database of its own."""
    return getattr(getattr(error, "orig", None), "sqlite_errorname", "") == "SQLITE_NOTADB"


def is_damaged(error: Exception) -> bool:
    """Say whether SQLite found pages in a file that belong to no database."""
    return getattr(getattr(error, "orig", None), "sqlite_errorname", "").startswith("SQLITE_CORRUPT")


def is_lacking(error: Exception) -> bool:
    """Say whether a database lacks a table or a column: somebody changed it, for its revision has them all."""
    cause = getattr(error, "orig", None)
    return getattr(cause, "sqlstate", None) in LACKING or LACKS.search(str(cause)) is not None


def prepare(engine: Engine) -> None:
    """Make SQLite durable, and its transactions begin with the lock that they will need.

    A file that somebody else made is only opened to be read, so that whoever refuses it has not changed it: how it is
    written is noted in it, and whoever closes a file moves into it what its log holds.
    """

    @event.listens_for(engine, "do_connect")
    def connecting(_: Dialect, record: Any, given: list[Any], options: dict[str, Any]) -> None:
        record.info["reads"] = engine.url.query.get("mode") == "ro"
        if not record.info["reads"] and is_foreign(given[0]):
            record.info["reads"], options["uri"], given[0] = True, True, sealed(given[0])

    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # the driver would begin transactions late, without the writer's lock
        cursor = connection.cursor()
        for pragma in () if record.info["reads"] else PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        reads = connection.get_execution_options().get("reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def is_foreign(file: str) -> bool:
    """Say whether somebody else made a file: it has tables, and none of them is ours. It is not touched."""
    try:
        with closing(sqlite3.connect(sealed(file), uri=True)) as connection:
            return connection.execute(NOT_OURS, OURS).fetchone() is not None
    except sqlite3.DatabaseError:  # it is not there, or no database, or just being written: opening it tells
        return False


def let_go(engine: Engine) -> None:
    """Roll back what a cancelled task leaves behind in SQLite.

    Its connection is thrown away, but SQLite keeps a closed one, and the writer's lock with it, for as long as
    somebody holds a cursor: the traceback of the cancellation does.
    """

    @event.listens_for(engine, "invalidate")
    def invalidated(connection: Any, _: Any, error: BaseException | None) -> None:
        if isinstance(error, CancelledError):
            connection.rollback()
