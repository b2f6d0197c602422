"""Bringing a database to the revision that this version needs: forward only, all of a step or nothing."""

from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

import cryptoflow
from cryptoflow.errors import CryptoflowError, ExitCode

PACKAGE = Path(cryptoflow.__file__).parent

ONE_AT_A_TIME = 4_207_849_484
"""The number of the lock in PostgreSQL under which one process upgrades while others wait."""


class Newer(CryptoflowError):
    """A database of a revision that a newer version made."""

    def __init__(self, name: str, found: str) -> None:
        super().__init__(
            f"{name} is of revision {found}, which this version does not know; it needs {newest()}",
            fix="use the version of CryptoFlow that wrote it, or a newer one",
            code=ExitCode.UNAVAILABLE,
        )


def migrations() -> Path:
    """Return the folder of migrations: inside an installed package, or beside it in a checkout."""
    inside = PACKAGE / "migrations"
    return inside if inside.is_dir() else PACKAGE.parent / "migrations"


def revision(connection: Connection) -> str | None:
    """Return a database's revision, None for an empty one."""
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """Return the revision that this version works with."""
    return _chain(migrations())[0]


def check(name: str, found: str | None) -> None:
    """Refuse a database whose revision is not the one that this version works with."""
    if found == newest():
        return
    if not is_known(found):
        raise Newer(name, str(found))
    raise CryptoflowError(
        f"{name} is of revision {found or 'none'}, this version needs {newest()}",
        fix="cryptoflow db upgrade",
        code=ExitCode.UNAVAILABLE,
    )


def is_known(found: str | None) -> bool:
    """Say whether a revision is one that this version can start from; an empty database is."""
    return found is None or found in known()


def known() -> tuple[str, ...]:
    """Return every revision that this version knows how to bring forward, the newest first."""
    return _chain(migrations())


@cache
def _chain(folder: Path) -> tuple[str, ...]:
    from alembic.script import ScriptDirectory

    return tuple(each.revision for each in ScriptDirectory(str(folder)).walk_revisions())


def be_alone(connection: Connection) -> None:
    """Wait for whoever upgrades the same database, and let others wait; a transaction in SQLite is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring a database forward, inside a transaction of the caller's; one that a newer version made is refused."""
    from alembic import command
    from alembic.config import Config

    be_alone(connection)
    found = revision(connection)
    if not is_known(found):
        raise Newer(connection.engine.url.database or "the database", str(found))
    config = Config()
    config.set_main_option("script_location", str(migrations()))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def differences(connection: Connection) -> list[Any]:
    """Return how the tables that are there differ from those that this version knows."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from cryptoflow.storage.tables.every import METADATA

    def ours(name: str | None, kind: str, _: Any) -> bool:
        return kind != "table" or name in METADATA.tables  # partitions belong to their tables

    options = {"compare_type": True, "include_name": ours}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))
