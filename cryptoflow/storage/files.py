"""Journals and databases that are files on this machine: opened, and brought to today's revision."""

from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.database import local_engine
from cryptoflow.storage.migrating import newest, revision, upgrade


def create(file: Path) -> Engine:
    """Return an engine for a file, which is made where there is none."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists():
        return existing(file)
    engine = local_engine(str(file))
    with engine.begin() as connection:
        upgrade(connection)
    return engine


def existing(file: Path) -> Engine:
    """Return an engine for a file that is there, and of the revision that this version needs."""
    engine = local_engine(str(file))
    try:
        with engine.connect() as connection:
            found = revision(connection)
    except DatabaseError as error:
        engine.dispose()
        raise CryptoflowError(f"{file} is no database: {error.orig}", code=ExitCode.INVALID) from error
    if found != newest():
        engine.dispose()
        raise CryptoflowError(
            f"{file} is of revision {found or 'none'}, this version needs {newest()}",
            fix="cryptoflow db upgrade",
            code=ExitCode.UNAVAILABLE,
        )
    return engine
