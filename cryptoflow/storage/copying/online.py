"""SQLite files copied while others write to them, and set aside only when nobody has them open."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, inspect, text

from cryptoflow.domain.journal.recorded import Head
from cryptoflow.storage.database import local_engine
from cryptoflow.storage.migrating import revision

SIDECARS = ("-wal", "-shm")
"""What SQLite keeps beside a file that is in use."""


MAGIC = b"SQLite format 3\0"
"""What every database in a file begins with."""


class Contents(NamedTuple):
    """What a file holds: its revision, rows by table, and where its journals end."""

    revision: str | None
    rows: dict[str, int]
    heads: dict[str, Head]


def copy_file(source: Path, file: Path) -> None:
    """Write one state of a database into a new file, which is complete in itself; writers are not kept waiting."""
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(file)) as writing:
        reading.backup(writing)  # all pages in one step: one state, and nobody's write begins it anew
    in_itself(file)


def in_itself(file: Path) -> None:
    """Take what lies beside a file into it, and leave nothing beside it; whoever has it open is in the way."""
    with closing(sqlite3.connect(file, timeout=0)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()


def is_database(file: Path) -> bool:
    """Say whether a file begins as databases do; opening what does not, SQLite would delete the log beside it."""
    with file.open("rb") as opened:
        return opened.read(len(MAGIC)) == MAGIC


def is_open(file: Path) -> bool:
    """Say whether some process has a database open; one that is damaged beyond opening is nobody's."""
    try:
        if not is_database(file):
            return False
        in_itself(file)
    except PermissionError:
        return False
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode == sqlite3.SQLITE_BUSY
    except sqlite3.DatabaseError:
        return False
    return False


def contents(file: Path) -> Contents:
    """Return what a file holds."""
    engine = local_engine(str(file))
    try:
        with engine.begin() as connection:
            return contents_of(connection)
    finally:
        engine.dispose()
        in_itself(file)


def contents_of(connection: Connection) -> Contents:
    """Return what a database holds, of whatever revision it is."""
    names = sorted(inspect(connection).get_table_names())
    count = {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}  # noqa: S608
    heads = connection.execute(text("SELECT account, seq, hash FROM heads")) if "heads" in names else ()
    return Contents(revision(connection), count, {row.account: Head(row.seq, row.hash) for row in heads})
