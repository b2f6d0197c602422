"""Backups are whole or not there, damage has a name, and the way back leaves nothing half done."""

import asyncio
import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Connection, insert, text

from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.store import disk
from cryptoflow.pipelines.backups.creating import DAY, Created, create
from cryptoflow.pipelines.backups.drilling import drill
from cryptoflow.pipelines.backups.moving import finish, put_in_place, set_aside
from cryptoflow.pipelines.backups.place import LOCK, MANIFEST, Backup, Damaged, kept
from cryptoflow.pipelines.backups.planning import planned
from cryptoflow.pipelines.backups.promising import READY, Steps, promise
from cryptoflow.pipelines.backups.proving import check
from cryptoflow.pipelines.backups.restoring import restore
from cryptoflow.pipelines.backups.sources import source
from cryptoflow.pipelines.backups.unpacking import unpack
from cryptoflow.pipelines.backups.verifying import verify
from cryptoflow.pipelines.databases.rebuilding import made_again
from cryptoflow.settings import settings
from cryptoflow.storage.database import local_engine
from cryptoflow.storage.events.appending import append, head_of
from cryptoflow.storage.events.rebuilding import rows_of
from cryptoflow.storage.rows.partitions import start_of
from cryptoflow.storage.rows.projecting import EQUITY
from cryptoflow.storage.rows.retiring import SNAPSHOTS, retire
from tests.storage.connections import inside
from tests.storage.estates import everything, journal
from tests.storage.stories import BEGIN, drafts, life


class Hands:
    """A clock that stands until somebody moves it."""

    def __init__(self, at: int = BEGIN) -> None:
        self.at = at

    def now(self) -> int:
        return self.at

    def nanoseconds(self) -> int:
        return self.at * 1_000_000


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with a shared database, two journals and a backup of them."""
    home = tmp_path_factory.mktemp("estate") / "home"
    journal(home / "cryptoflow.db", "main", 3)
    journal(home / "journal" / "main.db", "main", 5)
    journal(home / "journal" / "paper-main.db", "paper-main", 2)
    settings.cache_clear()
    asyncio.run(create(home, clock=Hands()))
    return home


@pytest.fixture
def home(estate: Path, tmp_path: Path) -> Path:
    """A state folder of the test's own, with its backup."""
    return Path(shutil.copytree(estate, tmp_path / "home"))


@pytest.fixture
def server(home: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The same with the shared database on a server, where somebody else keeps a table, too; no backup of it yet."""
    shutil.rmtree(home / "backups")
    (home / "cryptoflow.db").unlink()
    inside(postgres_url, everything, lambda c: c.execute(text("CREATE TABLE guest (id INTEGER)")))
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", postgres_url)
    settings.cache_clear()
    yield postgres_url
    settings.cache_clear()


def created(home: Path, at: int = BEGIN) -> Created:
    return asyncio.run(create(home, clock=Hands(at)))


def seq(file: Path, account: str) -> int:
    engine = local_engine(str(file))
    with engine.connect() as connection:
        found = head_of(connection, account).seq
    engine.dispose()
    return found


def named(error: CryptoflowError) -> list[str]:
    return [problem.what for problem in error.problems]


@pytest.mark.parametrize("file", ["database.db", "journal/main.db", "journal/paper-main.db", MANIFEST])
@pytest.mark.parametrize("how", ["a flipped byte", "a missing file", "a shorter file"])
def test_damage_is_named_with_its_file(home: Path, file: str, how: str) -> None:
    (backup,) = kept(home)
    damaged = backup.folder / file
    whole = damaged.read_bytes()
    middle = len(whole) // 2
    if how == "a missing file":
        damaged.unlink()
    elif how == "a shorter file":
        damaged.write_bytes(whole[:middle])
    else:
        damaged.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    for looking in (lambda: verify(backup, home), lambda: asyncio.run(restore(home=home, force=True))):
        with pytest.raises(Damaged) as caught:
            looking()
        assert caught.value.code == ExitCode.PROOF_FAILED
        assert all(backup.name in what and Path(file).name in what for what in named(caught.value))
    assert seq(home / "journal" / "main.db", "main") == 40 and not (home / READY).exists()


def test_a_journal_that_is_broken_itself_is_named_and_kept_beside_the_good_ones(home: Path) -> None:
    with closing(sqlite3.connect(home / "journal" / "main.db")) as connection:
        connection.executescript("DROP TRIGGER events_no_update; UPDATE events SET by = 'x' WHERE seq = 7;")
    manifest = created(home, BEGIN + 1).manifest
    assert [*manifest.damaged] == ["journal/main"] and manifest.good.names == ["database", "journal/paper-main"]
    (what,) = manifest.damaged["journal/main"]
    assert what.startswith("event 7 of main was altered") and manifest.reached == {"journal/main": {"main": 40}}


def test_rows_that_are_not_what_their_events_make_are_named(home: Path) -> None:
    with closing(sqlite3.connect(home / "journal" / "main.db")) as connection:
        connection.executescript("UPDATE fills SET fee = '7' WHERE trade = 'T1';")
    found = created(home, BEGIN + 1).manifest.damaged
    assert found == {"journal/main": ["fills of main is not what its events make"]}


def test_a_backup_is_one_state_while_a_process_goes_on_writing(home: Path) -> None:
    file, stop = home / "journal" / "main.db", Event()

    def writes() -> None:
        engine, number = local_engine(str(file)), 5
        while not stop.is_set():
            with engine.begin() as connection:
                append(connection, "main", drafts(number))
            number += 1
        engine.dispose()

    writer = Thread(target=writes)
    writer.start()
    try:
        found = created(home, BEGIN + 1)
    finally:
        stop.set()
        writer.join()
    written = found.manifest.heads["main"].seq
    assert written % 8 == 0 and 40 <= written <= seq(file, "main")
    assert verify(found.backup, home).events == written + 16


def test_backups_are_kept_for_thirty_days_and_the_last_good_one_for_ever(home: Path) -> None:
    (first,) = kept(home)
    second, third = created(home, BEGIN + 29 * DAY), created(home, BEGIN + 31 * DAY)
    assert (second.removed, third.removed) == ([], [first.name])
    with closing(sqlite3.connect(home / "journal" / "main.db")) as connection:
        connection.executescript("DROP TRIGGER events_no_update; UPDATE events SET by = 'x';")
    fourth = created(home, BEGIN + 400 * DAY)
    assert (fourth.removed, kept(home)) == ([], [second.backup, third.backup, fourth.backup])


def test_what_is_left_of_a_backup_that_was_killed_is_swept_away_and_never_listed(home: Path) -> None:
    left = home / "backups" / "2023-11-14T22-13-21.000Z.part"
    left.mkdir()
    (left / "database.db").touch()
    assert len(kept(home)) == 1
    created(home, BEGIN + 1)
    assert not left.exists() and len(kept(home)) == 2


def test_a_backup_that_would_not_fit_is_refused_with_the_numbers(home: Path) -> None:
    with (home / "journal" / "main.db").open("r+b") as file:
        file.truncate(15 * 2**40)
    with pytest.raises(CryptoflowError, match=r"needs 49,478\.\d GB in .+; [\d.,]+ GB are free") as caught:
        created(home, BEGIN + 1)
    assert caught.value.code == ExitCode.UNAVAILABLE and len(kept(home)) == 1


def test_nothing_that_is_there_is_touched_without_force(home: Path) -> None:
    with pytest.raises(
        CryptoflowError, match="there is a database and a journal/main and a journal/paper-main"
    ) as caught:
        asyncio.run(restore(home=home))
    assert caught.value.code == ExitCode.REFUSED and not (home / READY).exists()


def test_a_file_that_a_process_has_open_is_not_taken_away_from_it(home: Path) -> None:
    engine = local_engine(str(home / "journal" / "main.db"))
    with engine.connect() as connection:
        head_of(connection, "main")
        connection.rollback()
        with pytest.raises(CryptoflowError, match=r"main.db is in use") as caught:
            asyncio.run(restore(home=home, force=True))
    engine.dispose()
    assert caught.value.code == ExitCode.REFUSED


def test_one_part_is_restored_alone_also_over_one_that_is_no_database_any_more(home: Path) -> None:
    broken, other = home / "journal" / "main.db", home / "journal" / "paper-main.db"
    broken.write_bytes(b"nothing that could be opened " * 300)
    journal_before = other.read_bytes()
    found = asyncio.run(restore(only="journal/main", force=True, home=home))
    assert (seq(broken, "main"), other.read_bytes()) == (40, journal_before)
    assert Path(found.aside[0]).read_bytes().startswith(b"nothing")
    with pytest.raises(CryptoflowError, match="there is no journal/nobody in any backup"):
        asyncio.run(restore(only="journal/nobody", home=home))


def test_everything_comes_back_to_a_machine_that_has_nothing_but_the_backups(home: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(home / "backups", elsewhere / "backups")
    found = asyncio.run(restore(home=elsewhere))
    assert (list(found.parts), list(found.aside)) == (["database", "journal/main", "journal/paper-main"], [])
    assert seq(elsewhere / "journal" / "main.db", "main") == 40
    assert seq(elsewhere / "cryptoflow.db", "main") == 24


@pytest.mark.parametrize("done", range(7))
def test_a_restore_that_is_killed_between_two_steps_is_finished_by_the_next(home: Path, done: int) -> None:
    (backup,) = kept(home)
    wanted = [source(name, home) for name in ("database", "journal/main", "journal/paper-main")]
    journal_engine = local_engine(str(home / "journal" / "main.db"))
    with journal_engine.begin() as connection:
        append(connection, "main", drafts(5))
    journal_engine.dispose()
    unpack(backup, backup.manifest(), home / READY)
    steps = asyncio.run(planned(home, wanted, "then"))
    promise(home / READY, steps)
    moves = [lambda step=step, move=move: move(step) for step in steps.files for move in (set_aside, put_in_place)]
    for move in moves[:done]:
        move()
    asyncio.run(finish(home / READY, home, force=True))
    assert not (home / READY).exists()
    assert seq(home / "journal" / "main.db", "main") == 40
    assert seq(home / "set-aside" / "then" / "journal" / "main.db", "main") == 48


def killed(home: Path, moves: int, only: str = "journal/main", force: bool = False) -> None:
    """Begin a restore and be killed after so many moves."""
    (backup,) = kept(home)
    unpack(backup, backup.manifest(), home / READY, only)
    steps = asyncio.run(planned(home, [source(only, home)], "then"))
    promise(home / READY, steps)
    for move in [lambda step=step, move=move: move(step) for step in steps.files for move in (set_aside, put_in_place)][
        :moves
    ]:
        move()


def test_what_is_acknowledged_after_a_restore_was_killed_is_never_written_over(home: Path) -> None:
    killed(home, 1)
    file = home / "journal" / "main.db"
    journal(file, "main", 9)
    for verb in (lambda: created(home, BEGIN + 1), lambda: asyncio.run(restore(home=home, force=True))):
        with pytest.raises(CryptoflowError, match=r"main\.db was made anew since a restore began") as caught:
            verb()
        assert caught.value.code == ExitCode.REFUSED
    file.rename(elsewhere := home / "journal.kept")
    created(home, BEGIN + 1)
    assert seq(elsewhere, "main") == 72 and seq(file, "main") == 40
    assert seq(home / "set-aside" / "then" / "journal" / "main.db", "main") == 40


def test_a_backup_sets_nothing_aside_for_a_restore_that_was_killed_and_force_does(home: Path) -> None:
    killed(home, 0)
    file = home / "journal" / "main.db"
    engine = local_engine(str(file))
    with engine.begin() as connection:
        append(connection, "main", drafts(5))
    for force in (False, True):
        with pytest.raises(CryptoflowError, match="main.db is in use" if force else "main.db is there") as caught:
            asyncio.run(finish(home / READY, home, force=force))
        assert caught.value.code == ExitCode.REFUSED
    engine.dispose()
    with pytest.raises(CryptoflowError, match=r"main\.db is there"):
        created(home, BEGIN + 1)
    asyncio.run(restore(home=home, only="journal/main", force=True))
    assert seq(home / "set-aside" / "then" / "journal" / "main.db", "main") == 48 and seq(file, "main") == 40


def test_a_restore_that_was_killed_between_two_names_of_a_file_goes_on(home: Path) -> None:
    killed(home, 1)
    file = home / "journal" / "main.db"
    file.hardlink_to(file.with_name("main.db.restoring"))
    engine = local_engine(str(file))
    with engine.begin() as connection:
        append(connection, "main", drafts(5))
    engine.dispose()
    created(home, BEGIN + 1)
    assert seq(file, "main") == 48 and not file.with_name("main.db.restoring").exists()


def test_a_restore_is_finished_in_no_other_database_than_it_was_begun_for(home: Path) -> None:
    steps = Steps([], "cryptoflow_restoring", "cryptoflow_set_aside_then", "postgresql://desk:***@elsewhere/trading")
    disk.make(home / READY)
    promise(home / READY, steps)
    with pytest.raises(
        CryptoflowError, match=r"a restore into postgresql://desk:\*\*\*@elsewhere/trading was begun"
    ) as caught:
        created(home, BEGIN + 1)
    assert caught.value.code == ExitCode.REFUSED and (home / READY).exists()


def test_a_lease_counts_by_the_clock_of_the_server_up_to_the_last_step(home: Path, server: str) -> None:
    created(home)
    lease = "UPDATE leases SET expires_at = (extract(epoch FROM clock_timestamp()) + {}) * 1000"
    inside(server, lambda c: c.execute(text(lease.format(60))))
    late = Hands(BEGIN + 1000 * 365 * DAY)
    with pytest.raises(CryptoflowError, match=r"desk:1 has the lease of main for (59|60) s more") as caught:
        asyncio.run(restore(home=home, only="database", force=True, clock=late))
    assert caught.value.code == ExitCode.LEASE_HELD
    inside(server, lambda c: c.execute(text(lease.format(-60))))
    killed(home, 0, "database")
    with pytest.raises(CryptoflowError, match="there is a database in postgresql://"):
        created(home, BEGIN + 1)
    given = text("UPDATE leases SET token = 9 WHERE name = 'main'")
    inside(server, lambda c: c.execute(text(lease.format(60))), lambda c: append(c, "main", drafts(300, 1), token=3))
    with pytest.raises(CryptoflowError, match="desk:1 has the lease of main"):
        asyncio.run(finish(home / READY, home, force=True, clock=late))
    inside(server, lambda c: c.execute(text(lease.format(-60))), lambda c: c.execute(given))
    asyncio.run(finish(home / READY, home, force=True, clock=late))
    assert inside(server, lambda c: c.scalar(text("SELECT token FROM leases WHERE name = 'main'"))) == [9]
    kept_aside = text("SELECT seq FROM cryptoflow_set_aside_then.heads WHERE account = 'main'")
    assert inside(server, lambda c: head_of(c, "main").seq, lambda c: c.scalar(kept_aside)) == [484, 492]


def test_what_others_keep_beside_backups_is_neither_removed_nor_listed(home: Path) -> None:
    folder = home / "backups"
    (folder / "film.mkv.part").write_text("half a film")
    (folder / "photos.part").mkdir()
    (folder / "ancient-Z").mkdir()
    ours = folder / "cryptoflow-scratch-abc_1234.part"
    ours.mkdir()
    created(home, BEGIN + 400 * DAY)
    assert sorted(each.name for each in folder.iterdir())[-3:] == ["ancient-Z", "film.mkv.part", "photos.part"]
    assert not ours.exists() and [each.name[:4] for each in kept(home)] == ["2024"]


@pytest.mark.parametrize("look", ["verify", "drill"])
def test_no_backup_is_begun_while_another_is_looked_at(home: Path, look: str) -> None:
    (backup,) = kept(home)
    looks = Thread(target=lambda: verify(backup, home) if look == "verify" else asyncio.run(drill(home=home)))
    with disk.alone(home / "backups" / LOCK):
        looks.start()
        looks.join(0.4)
        assert looks.is_alive() and not list((home / "backups").glob("*.part"))
    looks.join(20)
    assert not looks.is_alive()


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """Let the disk refuse whatever makes a file longer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_is_full_while_a_backup_is_proved_is_no_damage(home: Path, tmp_path: Path) -> None:
    (backup,) = kept(home)
    with (
        no_file_beyond(20_000),
        pytest.raises(CryptoflowError, match=r"scratch copy of a backup cannot be written") as caught,
    ):
        verify(backup, home)
    assert caught.value.code == ExitCode.UNAVAILABLE
    unpack(backup, backup.manifest(), tmp_path)
    with no_file_beyond(20_000), pytest.raises(CryptoflowError, match=r"scratch copy /.+ cannot be used") as caught:
        check(backup.name, backup.manifest(), tmp_path)
    assert caught.value.code == ExitCode.UNAVAILABLE
    assert verify(backup, home).events == 56


def test_a_disk_that_is_full_while_a_backup_is_taken_is_no_damage_and_leaves_nothing(home: Path) -> None:
    with no_file_beyond(20_000), pytest.raises(CryptoflowError, match="a backup cannot be written to") as caught:
        created(home, BEGIN + 1)
    assert caught.value.code == ExitCode.UNAVAILABLE
    assert len(kept(home)) == 1 and not list((home / "backups").glob("*.part"))


def months_of_life(connection: Connection) -> None:
    """Three months of an account, of which minutes and events of the first two are retired then, and a fold of them."""
    for number, month in enumerate(("2023_11", "2023_12", "2024_01")):
        append(connection, "old", [Draft(event, start_of(month) + DAY) for event in life(number)])
    known = {"account": "old", "fold": "book", "seq": 16, "schema": 1, "event_hash": "", "state": "{}", "hash": ""}
    connection.execute(insert(SNAPSHOTS).values(known))


@pytest.mark.parametrize("tables", [["equity"], ["equity", "events"]])
def test_what_was_retired_is_missed_by_no_backup_and_made_again_by_nobody(
    home: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch, tables: list[str]
) -> None:
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", postgres_url)
    settings.cache_clear()
    retiring = [lambda c, table=table: len(retire(c, table, start_of("2024_01")).retired) for table in tables]
    assert inside(postgres_url, months_of_life, *retiring)[1:] == [2] * len(tables)
    try:
        minutes = [inside(postgres_url, lambda c: list(rows_of(c, EQUITY, "old")))]
        found = created(home, BEGIN + 1)
        assert verify(found.backup, home).events == asyncio.run(drill(home=home)).events
        (rebuilt,), _ = asyncio.run(made_again("old"))
        minutes.append(inside(postgres_url, lambda c: list(rows_of(c, EQUITY, "old"))))
        assert rebuilt.differences == () and len(minutes[0][0]) == 1 and minutes[0] == minutes[1]
        asyncio.run(restore(home=home, only="database", force=True))
        assert [each.differences for each in asyncio.run(made_again("old"))[0]] == [()]
    finally:
        settings.cache_clear()


def test_a_backup_of_a_newer_version_is_not_touched(home: Path) -> None:
    (backup,) = kept(home)
    manifest = backup.manifest()
    parts = [part._replace(revision="9999") for part in manifest.parts]
    (backup.folder / MANIFEST).write_text(manifest._replace(parts=parts, version="99.0").text())
    with pytest.raises(CryptoflowError, match=r"is of revision 9999, which this version does not know") as caught:
        verify(backup, home)
    assert caught.value.code == ExitCode.UNAVAILABLE


def test_a_drill_says_how_long_recovery_takes_and_leaves_nothing_behind(home: Path) -> None:
    before = sorted(home.rglob("*"))
    found = asyncio.run(drill(home=home))
    assert found.seconds == found.restored + found.proved > 0 and found.events == 56
    assert sorted(home.rglob("*")) == before


def test_a_server_with_the_tables_of_others_keeps_no_journal_from_being_backed_up(home: Path, server: str) -> None:
    inside(server, lambda c: c.execute(text("DROP TABLE alembic_version")))
    made = asyncio.run(create(home))
    trouble = made.trouble(home)
    assert trouble is not None and trouble.code == ExitCode.UNAVAILABLE
    assert "database could not be backed up: postgresql://" in trouble.problems[0].what
    assert "database" not in made.manifest.good.names and made.manifest.good.names
    assert made.removed == []


def test_a_server_is_backed_up_as_files_drilled_beside_itself_and_restored_in_one_step(home: Path, server: str) -> None:
    found = created(home)
    seqs = {account: head.seq for account, head in found.manifest.heads.items()}
    assert seqs == {"main": 484, "Zoë": 40, "paper-main": 16}
    rehearsed = asyncio.run(drill(home=home))
    assert rehearsed.served > 0
    inside(server, lambda c: append(c, "main", drafts(300, 1), token=3))
    with pytest.raises(CryptoflowError, match="there is a database and a journal/main"):
        asyncio.run(restore(home=home))
    restored = asyncio.run(restore(home=home, only="database", force=True, clock=Hands()))
    assert restored.aside == ["schema cryptoflow_set_aside_20231114t221320000z"]
    aside = restored.aside[0].removeprefix("schema ")
    heads, others, guests, schemas = inside(
        server,
        lambda c: head_of(c, "main").seq,
        lambda c: c.scalar(text(f"SELECT seq FROM {aside}.heads WHERE account = 'main'")),
        lambda c: c.scalar(text("SELECT to_regclass('public.guest')::text")),
        lambda c: list(c.scalars(text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'cryptoflow%'"))),
    )
    assert (heads, others, guests, schemas) == (484, 492, "guest", [aside])
    inside(server, lambda c: append(c, "main", drafts(400, 3), token=3))
    assert asyncio.run(restore(home=home, only="database", force=True)).backup == Backup(found.backup.folder)


def test_a_backup_of_a_file_goes_to_a_server_and_one_of_a_server_to_a_file(
    home: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    created(home)
    monkeypatch.delenv("CRYPTOFLOW_DATABASE_URL")
    settings.cache_clear()
    asyncio.run(restore(home=home, only="database"))
    assert seq(home / "cryptoflow.db", "Zoë") == 40
