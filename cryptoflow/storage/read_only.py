"""Reading a SQLite file where nothing can be written: a file, a folder or a medium that is read-only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote

from sqlalchemy import URL

from cryptoflow.errors import CryptoflowError, ExitCode

READ, SEALED = {"mode": "ro", "readonly_shm": "1", "uri": "true"}, {"immutable": "1"}
"""How SQLite is told to make nothing beside the file, and that the file will not change."""


def for_reading(url: URL) -> URL:
    """Return the URL under which a file is read: its own where it and its folder can be written.

    SQLite notes who reads and what is new in a `-shm` and a `-wal` beside the file. Where they are there, they are read
    too. Where they are not, nobody has the file open, for whoever opens it makes them first: then SQLite is told that
    the file will not change, and needs neither. With a `-wal` alone that would hide the events in it, with a `-journal`
    it would show what its writer has not finished; and a `-shm` made by us would be ours, and keep the owner out.
    """
    if url.database is None:
        return url
    file = Path(url.database)
    if os.access(file.parent, os.W_OK) and os.access(file, os.W_OK):
        return url
    log, readers, undo = (file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal"))
    if _size(undo):
        raise _unreadable(file, f"{undo.name} says that a change of it was not finished")
    if log.exists() and readers.exists():
        query = READ
    elif _size(log):
        raise _unreadable(file, f"{log.name} holds events")
    else:
        query = READ | SEALED
    return url.set(database=f"file:{quote(str(file))}", query=query)


def sealed(file: str) -> str:
    """Return the name under which SQLite reads a file as one that nobody changes, and makes nothing beside it.

    >>> sealed("journal/my desk.db")
    'file:journal/my%20desk.db?mode=ro&immutable=1'
    """
    return f"file:{quote(file)}?mode=ro&immutable=1"


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _unreadable(file: Path, why: str) -> CryptoflowError:
    return CryptoflowError(
        f"{file} cannot be read where it is: {why}, and this process may not write there",
        fix=f"mkdir -p copy/journal && cp {file}* copy/journal && CRYPTOFLOW_HOME=copy cryptoflow audit verify",
        code=ExitCode.UNAVAILABLE,
    )


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
