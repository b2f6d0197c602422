"""Databases of both engines for tests of storage."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from cryptoflow.storage.files import create
from cryptoflow.storage.tables.every import METADATA
from tests.servers.fixtures import administer
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
    """A PostgreSQL database behind a proxy that can refuse, cut and delay: its address, and the proxy.

    Its connections do not ask for TLS first: asyncpg, given up between its socket and that question, leaves a future
    that nobody reads, which asyncio complains of (see `away.answered`).
    """
    url = make_url(postgres_url).update_query_dict({"ssl": "disable"})
    with proxy(str(url.host), int(url.port or 5432)) as between:
        yield url.set(host="127.0.0.1", port=between.port).render_as_string(hide_password=False), between


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty store of each kind in turn, which `stores.in_a_loop` opens for its test."""
    if request.param == "memory":
        yield ""
    elif request.param == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('sqlite_file')}"
    else:
        url = request.getfixturevalue("lasting_postgres_url")
        yield url
        asyncio.run(emptied(url))


@pytest.fixture(scope="session")
def lasting_postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """The address of a database for all tests that leave nothing in it: making one takes longer than most of them."""
    name = f"{postgres_template}_lasting"
    asyncio.run(administer(postgres_server, f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}"'))
    yield f"{postgres_server}/{name}"
    asyncio.run(administer(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)'))


async def emptied(url: str) -> None:
    """Remove every row, also those that the law protects."""
    connection = await asyncpg.connect(url)
    try:
        wipe = [f'DELETE FROM "{table.name}"' for table in METADATA.sorted_tables]
        without, again = (
            [f"ALTER TABLE {table} {verb} TRIGGER USER" for table in ("events", "heads")]
            for verb in ("DISABLE", "ENABLE")
        )
        await connection.execute("; ".join([*without, *wipe, *again]))
    finally:
        await connection.close()
