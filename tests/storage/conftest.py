"""Databases of both engines for tests of storage."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cryptoflow.storage.files import create


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file of today's revision with nothing in it."""
    file = tmp_path_factory.mktemp("template") / "migrated.db"
    create(file).dispose()
    return file


@pytest.fixture
def sqlite_file(migrated_file: Path, tmp_path: Path) -> Path:
    """A SQLite file of the test's own, of today's revision and empty."""
    return Path(shutil.copy(migrated_file, tmp_path / "database.db"))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database, in each engine in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('sqlite_file')}"
    else:
        yield request.getfixturevalue("postgres_url")
