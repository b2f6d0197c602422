"""Bringing a database to the revision that this version needs: forward only, all of a step or nothing."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection

import cryptoflow

PACKAGE = Path(cryptoflow.__file__).parent


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
    from alembic.script import ScriptDirectory

    head = ScriptDirectory(str(migrations())).get_current_head()
    assert head is not None
    return head


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring a database forward, inside a transaction of the caller's."""
    from alembic import command
    from alembic.config import Config

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
