"""PostgreSQL slow, or down for long: the journal does not notice, and all of it arrives by itself."""

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import pytest

from cryptoflow.clock import MachineClock
from cryptoflow.storage.database import Database, local_engine
from cryptoflow.storage.events.journal import Journal
from cryptoflow.storage.migrating import upgrade
from cryptoflow.storage.shipping.beside import Beside
from cryptoflow.storage.shipping.shipper import Pace, Shipper
from tests.servers.postgres import postgres
from tests.servers.proxy import Proxy
from tests.storage.stories import drafts
from tests.storage.test_shipping import journal_of, state


class Desk:
    """A process that appends the life of an order now and then, timing each, with a shipper beside it."""

    def __init__(self, file: Path, url: str, pace: Pace) -> None:
        self.clock = MachineClock()
        self.journal = Journal(local_engine(str(file)), "main", self.clock)
        self.beside = Beside(Shipper(file, "main", Database(url), self.clock, journal=self.journal, pace=pace))
        self.number = 0

    async def trade(self, seconds: float, pause: float) -> list[float]:
        """Append for so long; return the milliseconds that each append took."""
        took, over = [], time.monotonic() + seconds
        while time.monotonic() < over:
            began = time.perf_counter()
            await self.journal.append(drafts(self.number))
            took.append((time.perf_counter() - began) * 1000)
            self.number += 1
            await asyncio.sleep(pause)
        return took

    async def caught_up(self, seconds: float) -> float:
        """Wait until the database has everything; return the seconds that took."""
        began = time.monotonic()
        async with asyncio.timeout(seconds):
            while (await self.beside.lag()).events or self.beside.figures.away_since is not None:
                assert self.beside.error is None, self.beside.error
                await asyncio.sleep(0.01)
        return time.monotonic() - began

    async def close(self) -> None:
        await self.beside.close()
        await self.journal.close()


@pytest.fixture
def file(migrated_file: Path, tmp_path: Path) -> Path:
    """The file of an account's journal, empty."""
    return Path(shutil.copy(migrated_file, tmp_path / "main.db"))


def test_a_slow_database_falls_behind_and_the_journal_does_not_wait_for_it(file: Path, line: tuple[str, Proxy]) -> None:
    url, between = line

    async def run() -> tuple[list[float], int]:
        desk = Desk(file, url, Pace(look=0.01))
        between.delay(0.3, b"COMMIT;")
        took = await desk.trade(0.6, 0.005)
        batches = desk.beside.figures.batches
        between.delay(0)
        await desk.caught_up(20)
        await desk.close()
        return took, batches

    took, batches = asyncio.run(run())
    assert batches <= 2
    assert median(took) < 100
    assert journal_of(file, "database.*") == []
    assert state(url) == state(f"sqlite:///{file}")


def spread(took: list[float]) -> str:
    """Return latencies as a person reads them."""
    return f"p50 {median(took):.1f}, p99 {quantiles(took, n=100)[98]:.1f} ms"


async def prepared(server: str) -> str:
    """Make a database of today's revision on a server, and return its address."""
    url = f"{server}/postgres?ssl=disable"  # as the fixture `line` says
    database = Database(url)
    async with database.writing() as connection:
        await connection.run_sync(upgrade)
    await database.close()
    return url


@pytest.mark.long
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_postgresql_down_for_30_s(mode: str, file: Path, evidence: Callable[[str], None]) -> None:
    async def run(server: Any) -> None:
        url = await prepared(server.url)
        desk = Desk(file, url, Pace())
        up = await desk.trade(10, 0.002)
        await asyncio.to_thread(server.stop, mode)
        down = await desk.trade(30, 0.002)
        behind = await desk.beside.lag()
        await asyncio.to_thread(server.start)
        back = await desk.caught_up(120)
        outages = desk.beside.figures.outages
        await desk.close()
        assert await asyncio.to_thread(state, url) == await asyncio.to_thread(state, f"sqlite:///{file}")
        assert [each.name for each in await asyncio.to_thread(journal_of, file, "database.*")] == [
            "database.lost",
            "database.back",
        ]
        assert outages == 1
        assert median(down) < 200
        evidence(
            f"{mode} stop: an append of 8 events took {spread(up)} while it was up, {spread(down)} while it was down; "
            f"{behind.events:,} events behind when it started again, all there {back:.1f} s later, one outage told"
        )

    with postgres() as server:
        asyncio.run(run(server))


@pytest.mark.long
def test_a_commit_takes_a_second(file: Path, line: tuple[str, Proxy], evidence: Callable[[str], None]) -> None:
    url, between = line

    async def run() -> None:
        desk = Desk(file, url, Pace())
        quick = await desk.trade(10, 0.002)
        between.delay(1.0, b"COMMIT;")
        slow = await desk.trade(30, 0.002)
        behind = await desk.beside.lag()
        assert desk.beside.figures.outages == 0
        assert behind.events < 8 * len(slow) / 3, "ten seconds of trading at most: one commit and what came meanwhile"
        back = await desk.caught_up(60)
        await desk.close()
        assert median(slow) < 200, "a fifth of a commit there: the journal does not wait for it"
        evidence(
            f"an append of 8 events took {spread(quick)} beside a quick database, {spread(slow)} beside a slow one, "
            f"which was {behind.events:,} events behind after 30 s and had them all {back:.1f} s later"
        )

    asyncio.run(run())
    assert state(url) == state(f"sqlite:///{file}")
