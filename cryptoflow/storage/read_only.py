"""Reading a SQLite file where nothing can be written: a file, a folder or a medium that is read-only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote

from sqlalchemy import URL

from cryptoflow.errors import CryptoflowError, ExitCode

READ, SEALED = {"mode": "ro", "uri": "true"}, {"immutable": "1"}


def for_reading(url: URL) -> URL:
    """Return the URL under which a file is read: its own where it and its folder can be written.

    SQLite notes who reads and what is new in a `-shm` and a `-wal` beside the file. Where they are there, they are read
    too. Where they are not, nobody has the file open, for whoever opens it makes them first: then SQLite is told that
    the file will not change, and needs neither. With a `-wal` alone that would hide the events in it.
    """
    if url.database is None:
        return url
    file = Path(url.database)
    log, readers = (file.with_name(file.name + end) for end in ("-wal", "-shm"))
    has_room = os.access(file.parent, os.W_OK)
    if has_room and os.access(file, os.W_OK):
        return url
    if log.exists() and (readers.exists() or has_room):
        query = READ
    elif log.exists() and log.stat().st_size:
        raise CryptoflowError(
            f"{file} cannot be read where it is: {log.name} holds events, and {file.parent} cannot be written",
            fix=f"mkdir -p copy/journal && cp {file}* copy/journal && CRYPTOFLOW_HOME=copy cryptoflow audit verify",
            code=ExitCode.UNAVAILABLE,
        )
    else:
        query = READ | SEALED
    return url.set(database=f"file:{quote(str(file))}", query=query)


@contextmanager
def unchanged(url: URL) -> Iterator[None]:
    """Refuse what was read of a file that was believed never to change, where it did: its pages fit no one state."""
    if url.query.keys().isdisjoint(SEALED) or url.database is None:
        yield
        return
    file = Path(unquote(url.database.removeprefix("file:")))
    before = file.stat()
    try:
        yield
    finally:
        after = file.stat()
        if (before.st_ino, before.st_size, before.st_mtime_ns) != (after.st_ino, after.st_size, after.st_mtime_ns):
            raise CryptoflowError(
                f"{file} was written while it was read", fix="run the command again", code=ExitCode.UNAVAILABLE
            )
