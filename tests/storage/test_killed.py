"""Killed while it writes, at whatever moment: what was acknowledged is there, and nothing is there by half."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cryptoflow.pipelines.databases.targets import Target
from cryptoflow.storage.database import Database, url_of
from cryptoflow.storage.events.reading import Wanted, audit, events
from cryptoflow.storage.events.rebuilding import rebuild
from cryptoflow.storage.files import create
from cryptoflow.storage.migrating import upgrade
from tests.servers.postgres import Postgres, installed, postgres
from tests.storage.connections import inside

LIFE = 8
"""Events of one order."""


class Writer:
    """The program that writes, and how to kill it."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.storage.writer"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        assert self.line() == "ready"

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def run(
        self, url: str, account: str, first: int, stop: Callable[[int], None], *, begun: bool = True
    ) -> list[tuple[int, str]]:
        """Let it write, stop it somehow (given the number of its process), and return what it acknowledged.

        Where it must have `begun`, it is stopped after its first word, else also while it opens its journal.
        """
        assert self.process.stdin is not None
        self.process.stdin.write(f"{url} {account} {first}\n")
        self.process.stdin.flush()
        process = int(self.line())
        said = [self.line()] if begun else []
        stop(process)
        while (line := self.line()) != "over":
            said.append(line)
        told = [line.split() for line in said if not line.startswith("failed")]
        return [(int(seq), digest) for seq, digest in told]

    def close(self) -> None:
        self.process.communicate()


@pytest.fixture(scope="module")
def writer() -> Iterator[Writer]:
    """A program that writes journals."""
    writer = Writer()
    yield writer
    writer.close()


def killing(later: float) -> Callable[[int], None]:
    """Kill a process so long after it began."""

    def kill(process: int) -> None:
        time.sleep(later)
        os.kill(process, signal.SIGKILL)

    return kill


def whole(url: str, account: str, told: list[tuple[int, str]]) -> int:
    """Check that a journal is as it must be after a failure, and return how many events it has."""
    if (file := Target("journal", url_of(url)).file) is not None:
        create(file).dispose()  # as a process does that begins; killed earlier, there is not even a table
    (count, differences), found, hashes = inside(
        url,
        lambda c: rebuild(c, account),  # first: a server may still be at what the dead process had sent
        lambda c: audit(c, account),
        lambda c: {each.seq: each.hash for each in events(c, Wanted(account))},
    )
    assert found.broken is None
    assert all(hashes[seq] == digest for seq, digest in told)
    assert differences == ()
    assert count == found.head.seq and count % LIFE == 0
    return count


def killed_at(writer: Writer, url: str, moments: list[float], *, begun: bool = True) -> tuple[int, int]:
    """Kill a writer at each moment, begin anew, and return how many events there are and were acknowledged."""
    written = acknowledged = 0
    for number, later in enumerate(moments):
        account = f"main{number // 5}"  # five kills a journal: it has to be gone on with
        before = 0 if number % 5 == 0 else whole(url, account, [])
        told = writer.run(url, account, before // LIFE, killing(later), begun=begun or number % 2 == 1)
        written += whole(url, account, told) - before
        acknowledged += LIFE * len(told)
    return written, acknowledged


def test_a_writer_killed_again_and_again_loses_nothing_it_acknowledged(url: str, writer: Writer) -> None:
    written, acknowledged = killed_at(writer, url, [0.0, 0.03, 0.08])
    assert written >= acknowledged > 0


@pytest.fixture(scope="module")
def durable_postgres() -> Iterator[Postgres]:
    """A PostgreSQL that waits for its disk, as one that is trusted with money does."""
    if installed() is None:
        pytest.skip("no PostgreSQL: install the dev extra")
    with postgres() as server:
        asyncio.run(migrated(server.url + "/postgres"))
        yield server


async def migrated(url: str) -> None:
    database = Database(url)
    async with database.writing() as connection:
        await connection.run_sync(upgrade)
    await database.close()


def moments(count: int, most: float) -> list[float]:
    draw = Random()
    return [draw.uniform(0, most) for _ in range(count)]


@pytest.mark.long
def test_a_hundred_kills_of_a_process_with_a_journal_of_its_own(
    tmp_path: Path, writer: Writer, evidence: Callable[[str], None]
) -> None:
    written, acknowledged = killed_at(
        writer, f"sqlite:///{tmp_path / 'new' / 'main.db'}", moments(100, 0.3), begun=False
    )
    assert written >= acknowledged > 0
    evidence(f"{written:,} events written, {acknowledged:,} of them acknowledged, none of these lost")


@pytest.mark.long
def test_a_hundred_kills_of_a_process_that_writes_to_postgresql(
    durable_postgres: Postgres, writer: Writer, evidence: Callable[[str], None]
) -> None:
    written, acknowledged = killed_at(writer, durable_postgres.url + "/postgres", moments(100, 0.3), begun=False)
    assert written >= acknowledged > 0
    evidence(f"{written:,} events written, {acknowledged:,} of them acknowledged, none of these lost")


@pytest.mark.long
def test_postgresql_loses_its_power_ten_times_and_nothing_acknowledged(
    durable_postgres: Postgres, writer: Writer, evidence: Callable[[str], None]
) -> None:
    url, before, acknowledged = durable_postgres.url + "/postgres", 0, 0

    def fail(later: float) -> Callable[[int], Any]:
        def pull(_: int) -> None:
            time.sleep(later)
            durable_postgres.stop("immediate")

        return pull

    for later in moments(10, 1.0):
        told = writer.run(url, "power", before // LIFE, fail(later))
        durable_postgres.start()
        before = whole(url, "power", told)
        acknowledged += LIFE * len(told)
    assert before >= acknowledged > 0
    evidence(f"{before:,} events written, {acknowledged:,} of them acknowledged, none of these lost")
