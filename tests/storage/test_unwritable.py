"""When the disk refuses: everyone who waits is told, nothing is there by half, and it goes on by itself."""

import asyncio
import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.clock import MachineClock
from cryptoflow.domain.journal.recorded import Draft, Recorded
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage import database
from cryptoflow.storage.database import local_engine
from cryptoflow.storage.events.journal import Journal
from cryptoflow.storage.events.reading import Wanted, events
from cryptoflow.storage.events.rebuilding import rebuild
from cryptoflow.storage.events.unwritable import Unwritable
from cryptoflow.storage.files import create, existing
from tests.storage.opened import audited, journal_in, pragma, with_journal
from tests.storage.stories import drafts, intent

BULK = Draft(intent(999_999), 1_700_000_000_000, by="x" * 100_000)
"""An event that no rest of a page can hold."""


def read(file: Path) -> list[Recorded]:
    engine = local_engine(str(file))
    try:
        with engine.connect() as connection:
            return list(events(connection, Wanted("main")))
    finally:
        engine.dispose()


def differences(file: Path) -> Any:
    engine = local_engine(str(file))
    try:
        with engine.begin() as connection:
            return rebuild(connection, "main")[1]
    finally:
        engine.dispose()


async def crowd(journal: Journal, first: int, count: int) -> list[Any]:
    asked = (journal.append(drafts(number)) for number in range(first, first + count))
    return await asyncio.gather(*asked, return_exceptions=True)


def test_on_a_full_disk_all_who_wait_are_refused_and_with_room_it_goes_on_by_itself(sqlite_file: Path) -> None:
    async def live(journal: Journal) -> tuple[list[Any], list[Recorded]]:
        await journal.append(drafts(0))
        pragma(journal, f"max_page_count={pragma(journal, 'page_count')}")
        refused = await asyncio.gather(*(journal.append([BULK]) for _ in range(5)), return_exceptions=True)
        pragma(journal, "max_page_count=1000000")
        return refused, await journal.append(drafts(1))

    refused, written = with_journal(sqlite_file, live)
    assert {type(each) for each in refused} == {Unwritable}
    assert f"the journal {sqlite_file} cannot be written: database or disk is full" in str(refused[0])
    assert "hint: make room on its disk; nothing is sent until it can be written" in str(refused[0])
    assert refused[0].code == ExitCode.UNAVAILABLE
    recovered = read(sqlite_file)[8]
    assert (recovered.name, recovered.seq, written[0].seq) == ("journal.recovered", 9, 10)
    assert '"refused":5' in recovered.payload and '"error":"database or disk is full"' in recovered.payload
    assert audited(sqlite_file).broken is None
    assert differences(sqlite_file) == ()


def test_a_failure_at_the_very_start_of_a_clock_is_told_as_well(sqlite_file: Path) -> None:
    class AtZero(MachineClock):
        def now(self) -> int:
            return 0

    async def live(journal: Journal) -> None:
        pragma(journal, "query_only=ON")
        for number in range(2):
            with pytest.raises(Unwritable, match="attempt to write a readonly database"):
                await journal.append(drafts(number))
        pragma(journal, "query_only=OFF")
        await journal.append(drafts(2))

    with_journal(sqlite_file, live, clock=AtZero())
    assert '"refused":2,"since":0' in read(sqlite_file)[0].payload


def test_a_journal_that_another_process_holds_says_so_and_goes_on_when_it_lets_go(
    sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PRAGMAS", (*database.PRAGMAS, "busy_timeout=20"))
    other = sqlite3.connect(sqlite_file, isolation_level=None)

    async def live(journal: Journal) -> list[Recorded]:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unwritable, match=r"locked\nhint: end the other process that holds it"):
            await journal.append(drafts(0))
        other.execute("ROLLBACK")
        return await journal.append(drafts(0))

    written = with_journal(sqlite_file, live)
    other.close()
    assert written[0].seq == 2
    assert read(sqlite_file)[0].name == "journal.recovered"


@pytest.mark.parametrize("side", ["", "-wal"])
def test_a_file_that_was_removed_takes_no_more_events_until_it_is_back(sqlite_file: Path, side: str) -> None:
    file = sqlite_file.with_name(sqlite_file.name + side)
    away = sqlite_file.with_name("away")

    async def live(journal: Journal) -> list[Recorded]:
        await journal.append(drafts(0))
        file.rename(away)
        for each in await crowd(journal, 1, 3):
            assert isinstance(each, Unwritable)
            assert "it was removed or replaced under this process" in str(each)
        shutil.copy(away, file)
        with pytest.raises(Unwritable, match="put it back, or start again"):
            await journal.append(drafts(1))
        away.replace(file)
        return await journal.append(drafts(1))

    assert with_journal(sqlite_file, live)[0].seq == 10
    assert '"refused":4' in read(sqlite_file)[8].payload
    assert audited(sqlite_file).broken is None


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be a user without rights for a while: root may write everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def folder_for_all() -> Iterator[Path]:
    """A folder that every user may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_file_without_the_right_to_write_says_what_right_is_missing(
    migrated_file: Path, folder_for_all: Path
) -> None:
    file = Path(shutil.copy(migrated_file, folder_for_all / "main.db"))
    file.chmod(0o444)
    folder_for_all.chmod(0o555)
    with as_nobody(), pytest.raises(CryptoflowError, match="cannot be used: ") as refused:
        with_journal(file, lambda journal: journal.append(drafts(0)))
    assert refused.value.code == ExitCode.UNAVAILABLE
    folder_for_all.chmod(0o755)


def test_a_file_that_is_none_of_ours_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "main.db"
    file.write_text("these are notes of somebody's, and longer than the head of a database " * 20)
    before = file.read_bytes()
    for opening in (existing, create):
        with pytest.raises(CryptoflowError, match=r"main\.db is no database") as refused:
            opening(file)
        assert refused.value.code == ExitCode.INVALID
    assert file.read_bytes() == before


def test_a_damaged_journal_is_not_written_to(sqlite_file: Path) -> None:
    async def live(journal: Journal) -> None:
        with pytest.raises(Unwritable, match=r"malformed\nhint: `cryptoflow audit verify`"):
            await journal.append(drafts(20))

    with_journal(sqlite_file, lambda journal: journal.append(drafts(0, 20)))
    pages = bytearray(sqlite_file.read_bytes())
    for page in range(4096, len(pages), 4096):
        pages[page] = 0xEE
    sqlite_file.write_bytes(pages)
    engine = local_engine(str(sqlite_file))

    async def run() -> None:
        journal = Journal(engine, "main", MachineClock())
        try:
            await live(journal)
        finally:
            await journal.close()

    asyncio.run(run())


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount a disk in memory that is soon full."""
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], stderr=subprocess.PIPE)
    if made.returncode:
        pytest.skip(f"no small disk can be mounted here: {made.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.long
def test_a_disk_that_fills_up_while_many_write_keeps_all_it_acknowledged(
    migrated_file: Path, tmp_path: Path, evidence: Callable[[str], None]
) -> None:
    async def fill(file: Path, ballast: Path) -> tuple[list[Recorded], int]:
        acknowledged, refused, first = [], 0, 0
        async with journal_in(file) as journal:
            for _ in range(10):
                while True:
                    answers = await crowd(journal, first, 8)
                    first += 8
                    acknowledged += [event for each in answers if isinstance(each, list) for event in each]
                    failures = [each for each in answers if isinstance(each, Exception)]
                    assert all(isinstance(each, Unwritable) for each in failures), failures
                    if failures:
                        assert "disk" in str(failures[0])
                        refused += len(failures)
                        break
                ballast.write_bytes(bytes(max(0, ballast.stat().st_size - 1_000_000)))  # somebody makes room
        return acknowledged, refused

    with small_disk(tmp_path, "16m"):
        file, ballast = Path(shutil.copy(migrated_file, tmp_path / "main.db")), tmp_path / "ballast"
        ballast.write_bytes(bytes(11_000_000))
        acknowledged, refused = asyncio.run(fill(file, ballast))
        ballast.unlink()
        there = {each.seq: each.hash for each in read(file)}
        assert all(there[each.seq] == each.hash for each in acknowledged)
        recovered = [each for each in read(file) if each.name == "journal.recovered"]
        assert len(there) == len(acknowledged) + len(recovered)
        assert 5 <= len(recovered) <= 10
        assert audited(file).broken is None
        assert differences(file) == ()
    evidence(f"full {len(recovered)} times, {len(acknowledged):,} events acknowledged and there, {refused} refused")
