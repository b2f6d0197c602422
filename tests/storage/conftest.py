"""Databases of both engines for tests of storage."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from cryptoflow.storage.files import create
from tests.servers.proxy import Proxy, proxy


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


@pytest.fixture
def line(postgres_url: str) -> Iterator[tuple[str, Proxy]]:
    """A PostgreSQL database behind a proxy that can refuse, cut and delay: its address, and the proxy."""
    url = make_url(postgres_url)
    with proxy(str(url.host), int(url.port or 5432)) as between:
        yield url.set(host="127.0.0.1", port=between.port).render_as_string(hide_password=False), between
