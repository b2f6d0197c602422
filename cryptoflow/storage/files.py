"""Journals and databases that are files on this machine: opened, and brought to today's revision."""

from pathlib import Path

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DatabaseError

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.database import is_no_database, local_engine
from cryptoflow.storage.migrating import check, our_revision, upgrade


class NoDatabase(CryptoflowError):
    """A file that was never a database, or is none any more."""

    def __init__(self, file: Path) -> None:
        fix = f"move it elsewhere if it is no journal; `cryptoflow audit verify {file.stem}` says what brings it back"
        super().__init__(f"{file} is no database", fix=fix)


def create(file: Path) -> Engine:
    """Return an engine for a file, which is made where there is none.

    An empty file counts as none: whoever was killed while it made one leaves such a file behind.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    engine = local_engine(str(file))
    try:
        with engine.begin() as connection:
            if not inspect(connection).get_table_names():
                upgrade(connection)
    except DatabaseError as error:
        engine.dispose()
        raise _unusable(file, error) from error
    engine.dispose()
    return existing(file)


def existing(file: Path) -> Engine:
    """Return an engine for a file that is there, and of the revision that this version needs."""
    engine = local_engine(str(file))
    try:
        with engine.connect() as connection:
            check(str(file), our_revision(connection))
    except DatabaseError as error:
        engine.dispose()
        raise _unusable(file, error) from error
    except CryptoflowError:
        engine.dispose()
        raise
    return engine


def _unusable(file: Path, error: DatabaseError) -> CryptoflowError:
    """Say whether a file is none of ours, or one that this process cannot use now."""
    if is_no_database(error):
        return NoDatabase(file)
    return CryptoflowError(
        f"{file} cannot be used: {error.orig}",
        fix="look whether another process holds it, whether this one may write it, and for room on its disk",
        code=ExitCode.UNAVAILABLE,
    )
