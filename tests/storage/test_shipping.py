"""What a journal holds arrives where hosts share it, as it is and once, whatever happens on the way."""

import asyncio
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text

from cryptoflow.clock import MachineClock
from cryptoflow.domain.events.storage import DatabaseBack, DatabaseLost
from cryptoflow.errors import ExitCode
from cryptoflow.storage.away import Away
from cryptoflow.storage.database import Database, local_engine
from cryptoflow.storage.events.appending import Fenced, append, fence
from cryptoflow.storage.events.asking import Unreadable
from cryptoflow.storage.events.journal import Journal
from cryptoflow.storage.events.reading import Wanted, audit, events
from cryptoflow.storage.events.rebuilding import MADE, digest
from cryptoflow.storage.migrating import Foreign
from cryptoflow.storage.shipping.beside import Beside
from cryptoflow.storage.shipping.comparing import Differs
from cryptoflow.storage.shipping.shipper import Lag, Pace, Shipper
from tests.servers.proxy import Proxy
from tests.storage.stories import BEGIN, drafts

QUICK = Pace(batch=50, look=0.01, patience=2, shortest=0.05, longest=0.1)


@pytest.fixture
def file(migrated_file: Path, tmp_path: Path) -> Path:
    """The file of an account's journal, empty."""
    return Path(shutil.copy(migrated_file, tmp_path / "main.db"))


def write(file: Path, first: int, count: int, token: int = 0) -> None:
    """Write the lives of so many orders, of eight events each, to a journal's file."""
    engine = local_engine(str(file))
    with engine.begin() as connection:
        append(connection, "main", drafts(first, count), token=token)
    engine.dispose()


def shipping(file: Path, url: str, work: Callable[[Shipper], Awaitable[Any]], journal: Journal | None = None) -> Any:
    """Do something with a shipper, and close it."""

    async def run() -> Any:
        target = Database(url)
        shipper = Shipper(file, "main", target, MachineClock(), journal=journal, pace=QUICK)
        try:
            return await work(shipper)
        finally:
            await shipper.close()
            await target.close()

    return asyncio.run(run())


def ship(file: Path, url: str) -> int:
    return int(shipping(file, url, lambda shipper: shipper.ship()))


def state(url: str) -> tuple[Any, ...]:
    """What a database makes of an account: where its journal ends, whether it is whole, and the rows made of it."""

    async def look() -> Any:
        database = Database(url)
        async with database.reading() as connection:
            found = await connection.run_sync(audit, "main")
            rows = [await connection.run_sync(digest, table, "main") for table in MADE]
        await database.close()
        return found, rows

    return tuple(asyncio.run(look()))


def test_a_journal_arrives_as_it_is_and_once(file: Path, url: str) -> None:
    write(file, 0, 20)
    assert ship(file, url) == 160
    assert state(url) == state(f"sqlite:///{file}")
    assert ship(file, url) == 0
    write(file, 20, 5)
    assert ship(file, url) == 40
    assert state(url) == state(f"sqlite:///{file}")


@pytest.mark.parametrize(
    ("words", "there"),
    [(b"order/ORDER23", 160), (b"COMMIT;", 210)],
    ids=["in mid-transaction", "before the answer to a commit"],
)
def test_a_connection_cut_off_leaves_all_of_a_batch_or_nothing_and_the_next_attempt_goes_on(
    file: Path, line: tuple[str, Proxy], words: bytes, there: int
) -> None:
    url, between = line
    write(file, 0, 20)

    async def work(shipper: Shipper) -> tuple[int, int]:
        await shipper.ship()
        await asyncio.to_thread(write, file, 20, 10)
        between.cut_after(words)
        with pytest.raises(Away, match="connection"):
            await shipper.ship()
        async with shipper.target.reading() as connection:
            found = await connection.run_sync(audit, "main")
        assert found.broken is None
        return found.head.seq, await shipper.ship()

    assert shipping(file, url, work) == (there, 240 - there)
    assert between.cuts == 1
    assert state(url) == state(f"sqlite:///{file}")


def test_what_is_committed_is_shipped_at_once_and_not_at_the_next_look(file: Path, url: str) -> None:
    async def run() -> None:
        journal = Journal(local_engine(str(file)), "main", MachineClock())
        never = QUICK._replace(look=86_400)
        beside = Beside(Shipper(file, "main", Database(url), MachineClock(), journal=journal, pace=never))
        try:
            async with asyncio.timeout(20):
                for number in range(3):
                    await journal.append(drafts(number))
                    while (await beside.lag()).events:
                        await asyncio.sleep(0.01)
        finally:
            await beside.close()
            await journal.append(drafts(3))
            await journal.close()

    asyncio.run(run())
    assert state(url)[0].head.seq == 24


def test_a_database_of_somebody_else_is_not_waited_for(file: Path, tmp_path: Path) -> None:
    write(file, 0, 1)
    with closing(sqlite3.connect(tmp_path / "theirs.db")) as theirs:
        theirs.execute("CREATE TABLE notes (note TEXT)")

    async def runs(shipper: Shipper) -> None:
        async with asyncio.timeout(10):
            await shipper.run()

    with pytest.raises(Foreign, match=r"has tables \(notes\) but no revision of CryptoFlow"):
        shipping(file, f"sqlite:///{tmp_path}/theirs.db", runs)


def test_an_outage_is_told_once_and_ends_without_hands_while_the_journal_goes_on(
    file: Path, line: tuple[str, Proxy]
) -> None:
    url, between = line

    async def run() -> tuple[Any, Lag, Lag]:
        journal = Journal(local_engine(str(file)), "main", MachineClock())
        beside = Beside(Shipper(file, "main", Database(url), MachineClock(), journal=journal, pace=QUICK))
        async with asyncio.timeout(20):
            await journal.append(drafts(0, 10))
            while (await beside.lag()).events:
                await asyncio.sleep(0.01)
            between.refuse()
            for number in range(10, 40):
                await journal.append(drafts(number))
                await asyncio.sleep(0.01)
            while beside.figures.away_since is None:
                await asyncio.sleep(0.01)
            behind = await beside.lag()
            between.allow()
            while (await beside.lag()).events or beside.figures.away_since is not None:
                await asyncio.sleep(0.01)
            caught_up = await beside.lag()
        figures = beside.figures
        await beside.close()
        await journal.close()
        assert beside.error is None
        return figures, behind, caught_up

    figures, behind, caught_up = asyncio.run(run())
    assert behind.events >= 240
    assert behind.seconds > (MachineClock().now() - BEGIN) / 1000 - 3_600
    assert caught_up == Lag(0, 0.0)
    assert (figures.outages, figures.shipped) == (1, 322)
    told = [each.event for each in journal_of(file, "database.*")]
    assert [type(each) for each in told] == [DatabaseLost, DatabaseBack]
    assert isinstance(told[1], DatabaseBack) and told[1].behind > 0
    assert state(url) == state(f"sqlite:///{file}")


def journal_of(file: Path, names: str) -> list[Any]:
    engine = local_engine(str(file))
    with engine.connect() as connection:
        found = list(events(connection, Wanted("main", names=(names,))))
    engine.dispose()
    return found


def test_an_outage_that_outlasts_a_process_is_told_by_the_first_and_ended_by_the_second(
    file: Path, line: tuple[str, Proxy]
) -> None:
    url, between = line

    async def live(moments: int) -> None:
        before = len(await asyncio.to_thread(journal_of, file, "database.*"))
        journal = Journal(local_engine(str(file)), "main", MachineClock())
        beside = Beside(Shipper(file, "main", Database(url), MachineClock(), journal=journal, pace=QUICK))
        async with asyncio.timeout(60):
            while len(await asyncio.to_thread(journal_of, file, "database.*")) < before + moments:
                await asyncio.sleep(0.01)
            if not moments:
                await asyncio.sleep(0.3)
        await beside.close()
        await journal.close()

    write(file, 0, 1)
    between.refuse()
    asyncio.run(live(1))
    asyncio.run(live(0))
    between.allow()
    asyncio.run(live(1))
    lost, back = (each.event for each in journal_of(file, "database.*"))
    assert isinstance(lost, DatabaseLost)
    assert isinstance(back, DatabaseBack) and back.since == journal_of(file, "database.lost")[0].at


def test_a_database_that_holds_another_journal_is_left_alone_and_the_first_odd_event_named(
    file: Path, url: str
) -> None:
    write(file, 0, 5)
    assert ship(file, url) == 40
    other = file.with_name("other.db")
    shutil.copy(file, other)
    write(file, 5, 20)
    write(other, 6, 15)
    assert ship(file, url) == 160
    before = state(url)
    with pytest.raises(Differs, match="event 41 of main is another one there than here") as told:
        ship(other, url)
    assert told.value.code is ExitCode.PROOF_FAILED
    assert state(url) == before


def test_a_journal_that_ends_before_the_one_in_the_database_is_not_shipped(
    file: Path, url: str, migrated_file: Path
) -> None:
    older = Path(shutil.copy(migrated_file, file.with_name("older.db")))
    write(older, 0, 5)
    write(file, 0, 5)
    write(file, 5, 5)
    ship(file, url)
    with pytest.raises(Differs, match="event 41 of main is there but not here"):
        ship(older, url)


def test_a_database_restored_from_an_older_copy_is_told_again_what_it_lacks(
    file: Path, sqlite_file: Path, tmp_path: Path
) -> None:
    async def work(shipper: Shipper) -> tuple[int, int]:
        await asyncio.to_thread(write, file, 0, 5)
        await shipper.ship()
        await shipper.target.close()
        copy = shutil.copy(sqlite_file, tmp_path / "older.db")
        await asyncio.to_thread(write, file, 5, 5)
        await shipper.ship()
        await shipper.target.close()
        shutil.copy(copy, sqlite_file)
        await asyncio.to_thread(write, file, 10, 5)
        return await shipper.ship(), shipper.there

    assert shipping(file, f"sqlite:///{sqlite_file}", work) == (80, 120)
    assert state(f"sqlite:///{sqlite_file}") == state(f"sqlite:///{file}")


def test_what_an_earlier_holder_of_the_account_left_unshipped_is_refused(file: Path, url: str) -> None:
    write(file, 0, 5, token=3)

    async def work(shipper: Shipper) -> None:
        async with shipper.target.writing() as there:
            await there.run_sync(fence, "main", 4)
        with pytest.raises(Fenced, match="holds token 3, the journal has seen 4"):
            await shipper.ship()

    shipping(file, url, work)


@pytest.mark.parametrize("wrong", [{"database": "no_such"}, {"username": "nobody", "password": "wrong"}])
def test_a_database_or_a_login_that_is_not_there_yet_is_waited_for(
    file: Path, postgres_url: str, wrong: dict[str, str]
) -> None:
    write(file, 0, 1)
    url = make_url(postgres_url).set(**wrong).render_as_string(hide_password=False)

    async def work(shipper: Shipper) -> None:
        async with asyncio.timeout(10):
            running = asyncio.create_task(shipper.run())
            while not shipper.figures.outages:
                await asyncio.sleep(0.01)
            shipper.end()
            await running
        assert "does not exist" in shipper.figures.error

    shipping(file, url, work)


def test_a_journal_that_cannot_be_read_is_not_the_databases_fault(file: Path, url: str) -> None:
    write(file, 0, 20)

    async def work(shipper: Shipper) -> None:
        with file.open("r+b") as damaged:
            damaged.truncate(4096 * 2)
        with pytest.raises(Unreadable, match="the journal of main cannot be read"):
            await shipper.ship()
        assert shipper.figures.outages == 0

    shipping(file, url, work)


def test_a_database_of_another_revision_waits_for_its_upgrade(file: Path, url: str) -> None:
    write(file, 0, 1)

    async def work(shipper: Shipper) -> None:
        async with shipper.target.writing() as there:
            await there.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        with pytest.raises(Away, match=r"is of revision 0000, this version needs \d+"):
            await shipper.ship()

    shipping(file, url, work)
