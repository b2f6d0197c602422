"""Backups are whole or not there, damage has a name, and the way back leaves nothing half done."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.backups.creating import DAY, Created, create
from cryptoflow.pipelines.backups.drilling import drill
from cryptoflow.pipelines.backups.moving import READY, finish, promise, put_in_place, set_aside
from cryptoflow.pipelines.backups.place import MANIFEST, Backup, Damaged, kept
from cryptoflow.pipelines.backups.restoring import planned, restore
from cryptoflow.pipelines.backups.sources import source
from cryptoflow.pipelines.backups.unpacking import unpack
from cryptoflow.pipelines.backups.verifying import verify
from cryptoflow.settings import settings
from cryptoflow.storage.database import local_engine
from cryptoflow.storage.events.appending import append, head_of
from tests.storage.estates import LEASED_UNTIL, everything, inside, journal
from tests.storage.stories import BEGIN, drafts


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


def test_a_journal_that_is_broken_itself_is_named_and_no_backup_is_made_of_it(home: Path) -> None:
    with closing(sqlite3.connect(home / "journal" / "main.db")) as connection:
        connection.executescript("DROP TRIGGER events_no_update; UPDATE events SET by = 'x' WHERE seq = 7;")
    with pytest.raises(Damaged, match=r"journal/main.db: event 7 of main was altered"):
        created(home, BEGIN + 1)
    assert len(kept(home)) == 1


def test_rows_that_are_not_what_their_events_make_are_named(home: Path) -> None:
    with closing(sqlite3.connect(home / "journal" / "main.db")) as connection:
        connection.executescript("UPDATE fills SET fee = '7' WHERE trade = 'T1';")
    with pytest.raises(Damaged, match="fills of main is not what its events make"):
        created(home, BEGIN + 1)


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
    with pytest.raises(Damaged):
        created(home, BEGIN + 400 * DAY)
    assert kept(home) == [second.backup, third.backup]


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
    with pytest.raises(CryptoflowError, match=r"needs 32,985\.\d GB in .+; [\d.,]+ GB are free") as caught:
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
    with pytest.raises(CryptoflowError, match="there is no journal/nobody in this backup"):
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
    asyncio.run(finish(home / READY, home))
    assert not (home / READY).exists()
    assert seq(home / "journal" / "main.db", "main") == 40
    assert seq(home / "set-aside" / "then" / "journal" / "main.db", "main") == 48


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


def test_a_server_is_backed_up_as_files_drilled_beside_itself_and_restored_in_one_step(home: Path, server: str) -> None:
    found = created(home)
    seqs = {account: head.seq for account, head in found.manifest.heads.items()}
    assert seqs == {"main": 484, "Zoë": 40, "paper-main": 16}
    rehearsed = asyncio.run(drill(home=home))
    assert rehearsed.served > 0
    inside(server, lambda c: append(c, "main", drafts(300, 1), token=3))
    with pytest.raises(CryptoflowError, match="there is a database and a journal/main"):
        asyncio.run(restore(home=home))
    with pytest.raises(CryptoflowError, match="desk:1 has the lease of main for 1 s more") as caught:
        asyncio.run(restore(home=home, only="database", force=True, clock=Hands(LEASED_UNTIL - 1_000)))
    assert caught.value.code == ExitCode.LEASE_HELD
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
