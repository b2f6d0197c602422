"""SQLite files copied while others write to them, and set aside only when nobody has them open."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import URL, Connection, inspect, text

from cryptoflow.domain.journal.recorded import Head
from cryptoflow.storage.database import local_engine
from cryptoflow.storage.migrating import is_known, revision
from cryptoflow.storage.read_only import for_reading, sealed, unchanged

SIDECARS = ("-wal", "-shm")
"""What SQLite keeps beside a file that is in use."""


MAGIC = b"SQLite format 3\0"
"""What every database in a file begins with."""


class Contents(NamedTuple):
    """What a file holds: its revision, rows by table, and where its journals end."""

    revision: str | None
    rows: dict[str, int]
    heads: dict[str, Head]


PATIENCE = 5.0
"""Seconds to wait for a process that keeps everybody else out of a file."""

UNREADABLE = {sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ}
"""What SQLite says of a disk that does not give back what is on it; its other words about disks are about writing."""


def copy_file(source: Path, file: Path) -> None:
    """Write one state of a database into a new file, which is complete in itself; writers are not kept waiting."""
    url = for_reading(URL.create("sqlite", database=str(source)))
    address = f"{url.database}?{'&'.join(f'{name}={value}' for name, value in url.query.items())}"
    opened = sqlite3.connect(address if url.query else source, timeout=PATIENCE, uri=bool(url.query))
    with unchanged(url), closing(opened) as reading, closing(sqlite3.connect(file)) as writing:
        reading.execute("BEGIN")
        reading.execute("PRAGMA schema_version").fetchone()  # the copying itself would wait without end
        reading.backup(writing)  # all pages in one step: one state, and nobody's write begins it anew
    in_itself(file)


def is_damage(error: Exception) -> bool:
    """Say whether SQLite found that a file is none of its own any more, or that its disk does not give it back."""
    said = _code(error)
    return said & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or is_unreadable(error)


def is_unreadable(error: Exception) -> bool:
    """Say whether a disk does not give back what is on it."""
    return _code(error) in UNREADABLE


def is_refused(error: Exception) -> bool:
    """Say whether a disk does not take what is written to it."""
    return _code(error) & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR) and not is_unreadable(error)


def _code(error: Exception) -> int:
    found: int = getattr(getattr(error, "orig", error), "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return found


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
    """Return what a database holds; of a revision that only a newer version knows, no more than that."""
    found = revision(connection)
    if not is_known(found):
        return Contents(found, {}, {})
    names = sorted(inspect(connection).get_table_names())
    count = {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}  # noqa: S608
    heads = connection.execute(text("SELECT account, seq, hash FROM heads")) if "heads" in names else ()
    return Contents(found, count, {row.account: Head(row.seq, row.hash) for row in heads})


def come(file: Path) -> dict[str, int]:
    """Return how far the journals in a damaged file in use had come at least, which stays as it is."""
    try:
        return reached(sealed(str(file))) if is_database(file) else {}
    except OSError:
        return {}  # what cannot be read is not known


def reached(file: Path | str) -> dict[str, int]:
    """Return how far the journals in a damaged file had come at least, as far as any of its tables tells."""
    found: dict[str, int] = {}
    for column, table in (("seq", "heads"), ("max(seq)", "events GROUP BY account")):
        try:
            with closing(sqlite3.connect(file, uri=True)) as connection:
                rows = connection.execute(f"SELECT account, {column} FROM {table}").fetchall()  # noqa: S608
        except sqlite3.DatabaseError:
            continue  # what it holds is unknown, which is how it is told
        for account, seq in rows:
            if isinstance(seq, int):
                found[str(account)] = max(seq, found.get(str(account), 0))
    return found
