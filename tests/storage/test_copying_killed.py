"""A million events go to PostgreSQL and back, each way killed once in the middle."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from cryptoflow.storage.database import Database
from cryptoflow.storage.events.appending import append, head_of
from cryptoflow.storage.files import create
from tests.servers.fixtures import administer
from tests.servers.postgres import postgres
from tests.storage.connections import inside
from tests.storage.stories import drafts

ROOT = Path(__file__).parents[2]
LIVES, AT_ONCE = 125_000, 2_500


@pytest.fixture
def durable_url() -> Iterator[str]:
    """An empty database on a server that writes to its disk before it answers."""
    with postgres() as server:
        asyncio.run(administer(server.url, "CREATE DATABASE target"))
        yield f"{server.url}/target"


def million(file: Path) -> None:
    engine = create(file)
    for first in range(0, LIVES, AT_ONCE):
        with engine.begin() as connection:
            append(connection, "main", drafts(first, AT_ONCE))
    engine.dispose()


def begun(source: str, to: str) -> subprocess.Popen[str]:
    program = "from cryptoflow.cli.main import main; main()"
    line = [sys.executable, "-c", program, "db", "copy", "--from", source, "--to", to, "--json"]
    return subprocess.Popen(line, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})


async def reached(url: str) -> int:
    """How many events are there for good; none while the tables are not."""
    database = Database(url)
    try:
        async with database.reading() as connection:
            return int((await connection.run_sync(head_of, "main")).seq)
    except DBAPIError:
        return 0
    finally:
        await database.close()


def killed_at(process: subprocess.Popen[str], url: str, events: int) -> int:
    while asyncio.run(reached(url)) < events:
        assert process.poll() is None, "it was done before it could be killed"
        time.sleep(0.1)
    process.kill()
    process.communicate()
    return asyncio.run(reached(url))


@pytest.mark.long
def test_a_million_events_arrive_though_the_copy_is_killed_on_each_way(
    tmp_path: Path, durable_url: str, evidence: Callable[[str], None]
) -> None:
    source, back = f"sqlite:///{tmp_path / 'source.db'}", f"sqlite:///{tmp_path / 'back.db'}"
    million(tmp_path / "source.db")
    told = []
    for origin, to in ((source, durable_url), (durable_url, back)):
        left_at = killed_at(begun(origin, to), to, 300_000)
        assert 300_000 <= left_at < 8 * LIVES
        start = time.monotonic()
        process = begun(origin, to)
        said, _ = process.communicate()
        assert process.returncode == 0
        told.append((left_at, time.monotonic() - start))
        (found,) = json.loads(said)["accounts"]
        assert (found["events"], found["rows"]["orders"], found["rows"]["fills"]) == (8 * LIVES, LIVES, LIVES)
    heads = [inside(url, lambda c: head_of(c, "main"))[0] for url in (source, durable_url, back)]
    assert heads[0] == heads[1] == heads[2]
    (out, out_s), (home, home_s) = told
    evidence(
        f"1,000,000 events to PostgreSQL, killed at {out:,}, the rest and the proof in {out_s:.0f} s; "
        f"back into SQLite, killed at {home:,}, {home_s:.0f} s; head {heads[0].hash[:12]} in all three"
    )
