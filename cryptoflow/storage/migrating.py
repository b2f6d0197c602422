"""Bringing a database to the revision that this version needs: forward only, all of a step or nothing."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

import cryptoflow
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.database import OURS, shown

PACKAGE = Path(cryptoflow.__file__).parent

ONE_AT_A_TIME = 4_207_849_484
"""The number of the lock in PostgreSQL under which one process upgrades while others wait."""


VERSION = "alembic_version"
"""The table in which a revision stands."""

NAMED = 3
"""How many tables are named of a database that is none of ours."""


class Foreign(CryptoflowError):
    """A database that somebody else made: nothing is built into it."""

    def __init__(self, name: str, tables: Sequence[str], *, is_file: bool) -> None:
        more = f" and {len(tables) - NAMED} more" if len(tables) > NAMED else ""
        fix = (
            f"`mv {name} {name}.theirs` puts it out of the way; CRYPTOFLOW_DATABASE_URL names another shared database"
            if is_file
            else "`CREATE DATABASE cryptoflow` makes one of its own; name that with CRYPTOFLOW_DATABASE_URL"
        )
        super().__init__(
            f"{name} has tables ({', '.join(tables[:NAMED])}{more}) but no revision of CryptoFlow",
            fix=fix,
            code=ExitCode.INVALID,
        )


OTHER_VERSION = "use the version of CryptoFlow that wrote it, or a newer one"
"""What to do about a revision that this version does not know."""


class Newer(CryptoflowError):
    """A database of a revision that a newer version made."""

    def __init__(self, name: str, found: str) -> None:
        super().__init__(
            f"{name} is of revision {found}, which this version does not know; it needs {newest()}",
            fix=OTHER_VERSION,
            code=ExitCode.UNAVAILABLE,
        )


class Older(CryptoflowError):
    """A database that has to be brought forward first."""

    def __init__(self, name: str, found: str | None) -> None:
        super().__init__(
            f"{name} is of revision {found or 'none'}, this version needs {newest()}",
            fix="cryptoflow db upgrade",
            code=ExitCode.UNAVAILABLE,
        )


def migrations() -> Path:
    """Return the folder of migrations: inside an installed package, or beside it in a checkout."""
    inside = PACKAGE / "migrations"
    return inside if inside.is_dir() else PACKAGE.parent / "migrations"


def revision(connection: Connection) -> str | None:
    """Return the revision that is written in a database, None where none is."""
    from alembic.migration import MigrationContext

    options = {"version_table_schema": schema_of(connection)}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def schema_of(connection: Connection) -> str | None:
    """Return the schema that a server's database is used in, None for a file: only what is in it can be ours."""
    if connection.dialect.name != "postgresql":
        return None
    used: str | None = connection.scalar(text("SELECT current_schema()"))
    return used


def our_revision(connection: Connection) -> str | None:
    """Return a database's revision, None for an empty one; one that somebody else made is refused."""
    found = revision(connection)
    tables = sorted(set(inspect(connection).get_table_names(schema_of(connection))) - {VERSION})
    if tables and (found is None or set(OURS).isdisjoint(tables)):
        url = connection.engine.url
        raise Foreign(shown(url), tables, is_file=url.get_backend_name() == "sqlite")
    return found


def newest() -> str:
    """Return the revision that this version works with."""
    return _chain(migrations())[0]


def check(name: str, found: str | None) -> None:
    """Refuse a database whose revision is not the one that this version works with."""
    if found == newest():
        return
    if not is_known(found):
        raise Newer(name, str(found))
    raise Older(name, found)


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
    found = our_revision(connection)
    if not is_known(found):
        raise Newer(shown(connection.engine.url), str(found))
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
