"""A Redis that a test may stop."""

from collections.abc import Iterator

import pytest

from tests.servers.redis import Redis, installed, redis


@pytest.fixture(scope="session")
def _server() -> Iterator[Redis]:
    if installed() is None:
        pytest.skip("no Redis: install the dev extra")
    with redis() as server:
        yield server


@pytest.fixture
def server(_server: Redis) -> Redis:
    """A Redis of these tests' own, which runs and has nothing in it."""
    _server.stop()
    _server.start()
    return _server
