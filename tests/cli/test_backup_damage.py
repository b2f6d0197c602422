"""A backup where something is damaged already: the rest is kept and proved, and nothing that is left is lost."""

import errno
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.cli.app import run
from cryptoflow.cli.exits import EXITS
from cryptoflow.errors import ExitCode
from cryptoflow.pipelines.backups import taking
from cryptoflow.settings import settings
from cryptoflow.storage.copying import online
from cryptoflow.storage.database import local_engine
from cryptoflow.storage.events.appending import append
from tests.anybody import as_anybody, on_linux
from tests.storage.estates import journal
from tests.storage.stories import drafts

Capsys = pytest.CaptureFixture[str]
Told = Callable[..., Any]

NOTES = b"remember to sell\n" * 40


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state folder of the current folder's project, with a shared database and two journals."""
    home = tmp_path / ".cryptoflow"
    journal(home / "cryptoflow.db", "main", 1)
    journal(home / "journal" / "main.db", "main", 2)
    journal(home / "journal" / "paper-main.db", "paper-main", 1)
    monkeypatch.chdir(tmp_path)
    return home


@pytest.fixture
def told(capsys: Capsys) -> Told:
    """Run a command line that must end with a code, and return the object that it prints."""

    def asked(line: str, code: int = 0) -> Any:
        capsys.readouterr()
        assert run([*line.split(), "--json"]) == code, capsys.readouterr()
        assert ExitCode(code) in EXITS[" ".join(line.split()[:2])]
        return json.loads(capsys.readouterr().out)

    return asked


def flipped(file: Path) -> None:
    """Damage the middle pages of a database."""
    content = bytearray(file.read_bytes())
    content[8_000:20_000] = b"\xa5" * 12_000
    file.write_bytes(content)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:9_000])


def headless(file: Path) -> None:
    file.write_bytes(b"\0" * 100 + file.read_bytes()[100:])


def overwritten(file: Path) -> None:
    file.write_bytes(NOTES)


def lawless(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("DROP TRIGGER events_no_update;")


def unindexed(file: Path) -> None:
    """Let an index miss a row, which no question about events would tell."""
    with closing(sqlite3.connect(file)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'events_by_name'").fetchone()
    with file.open("r+b") as opened:
        opened.seek((root - 1) * 4096 + 3)
        opened.write(b"\x00\x01")


@pytest.mark.parametrize(
    ("part", "harm", "what"),
    [
        ("journal/main", flipped, ""),
        pytest.param("database", cut, "", marks=pytest.mark.long),
        ("database", headless, "file is not a database"),
        pytest.param("journal/main", overwritten, "file is not a database", marks=pytest.mark.long),
        ("journal/main", unindexed, "on page"),
    ],
)
def test_what_is_damaged_is_named_and_kept_while_the_rest_is_backed_up_and_proved(
    home: Path, told: Told, part: str, harm: Callable[[Path], None], what: str
) -> None:
    original = home / ("cryptoflow.db" if part == "database" else f"{part}.db")
    harm(original)
    content = original.read_bytes()
    made = told("backup create", 6)
    (wrong,) = made["damaged"].values()
    assert [*made["damaged"]] == [part] and what in "; ".join(wrong)
    folder = Path(made["folder"])
    kept = (folder / f"{part}.db").read_bytes()
    assert len(kept) == len(content) and (kept[100:] == content[100:] or harm in (flipped, cut))
    assert [each.name for each in folder.parent.iterdir() if each.name.endswith(".part")] == []
    (listed,) = told("backup list")["backups"]
    assert (listed["wrong"], listed["damaged"]) == ([], made["damaged"])
    (named,) = told("backup verify", 6)["damaged"]
    assert part in named and "when it was taken" in named
    restored = told("backup restore --force", 6)
    others = [name for name in ("database", "journal/main", "journal/paper-main") if name != part]
    assert (restored["parts"], restored["left_out"]) == (others, made["damaged"])
    assert original.stat().st_size == len(content)


def test_a_damaged_part_is_restored_as_it_was_by_its_name(home: Path, told: Told, capsys: Capsys) -> None:
    file = home / "journal" / "notes.db"
    file.write_bytes(NOTES)
    file.with_name("notes.db-wal").write_bytes(b"a log that nobody can read")
    assert run(["backup", "create"]) == 6
    said = capsys.readouterr()
    assert "3 databases" in said.out and "journal/notes itself is damaged" in said.err and "Traceback" not in said.err
    assert run(["backup", "drill"]) == 6
    shutil.rmtree(home / "journal")
    (refused,) = told("backup restore --only journal/notes", 6)["errors"]
    assert "no backup holds journal/notes whole: the backup 2" in refused["what"] and not file.exists()
    command = refused["fix"].split("`")[1].removeprefix("cryptoflow ")
    restored = told(command, 6)
    assert (restored["parts"], [*restored["damaged"]]) == (["journal/notes"], ["journal/notes"])
    assert (file.read_bytes(), file.with_name("notes.db-wal").read_bytes()) == (NOTES, b"a log that nobody can read")
    assert not [*home.rglob("*.restoring")]


def test_the_last_good_copy_is_named_and_stays_as_long_as_it_is_the_last(
    home: Path, told: Told, capsys: Capsys
) -> None:
    good = told("backup create")["backup"]
    headless(home / "journal" / "main.db")
    assert run(["backup", "create"]) == 6
    fix = f"`cryptoflow backup restore {good} --only journal/main --force` brings back the last good copy: it holds"
    fix += " events up to 16 of main, how far the damaged one had come is not known"
    assert fix in capsys.readouterr().err
    assert run(["backup", "restore", "--force"]) == 6
    assert fix in capsys.readouterr().err
    assert told(f"backup restore {good} --only journal/main --force")["left_out"] == {}
    assert told("backup create")["damaged"] == {}


def test_the_newest_backup_that_holds_a_part_whole_is_taken_and_what_newer_ones_hold_is_told(
    home: Path, told: Told, capsys: Capsys
) -> None:
    good = told("backup create")["backup"]
    flipped(home / "journal" / "main.db")
    damaged = told("backup create", 6)["backup"]
    assert run(["backup", "restore", "--only", "journal/main", "--force"]) == 0
    said = capsys.readouterr()
    assert f"{good} is restored: journal/main" in said.out and f"the backup {damaged} holds it damaged: " in said.err
    assert told("audit verify main")["errors"] == []
    assert told(f"backup restore {damaged} --only journal/main --force", 6)["backup"] == damaged
    assert told("backup restore --only journal/nobody", 2)["errors"][0]["fix"].startswith("there are database, journal")


def test_a_refused_restore_says_what_it_would_leave_out(home: Path, capsys: Capsys) -> None:
    (home / "journal" / "notes.db").write_bytes(NOTES)
    assert run(["backup", "create"]) == 6
    capsys.readouterr()
    assert run(["backup", "restore"]) == 5
    assert "journal/notes is left out; it was damaged when it was taken" in capsys.readouterr().err


@pytest.mark.parametrize("asked", ["audit verify", "db status", "db check", "db ship"])
def test_what_a_hint_brings_back_is_there_and_says_what_it_costs(
    home: Path, told: Told, capsys: Capsys, asked: str
) -> None:
    good = told("backup create")["backup"]
    headless(home / "journal" / "main.db")
    (home / "journal" / "notes.db").write_bytes(NOTES)
    capsys.readouterr()
    assert run(asked.split()) in (3, 6)
    err = capsys.readouterr().err
    assert f"`cryptoflow backup restore {good} --only journal/main --force` brings back the last good copy: it" in err
    assert "holds events up to 16 of main" in err and "--only journal/notes" not in err
    assert "notes.db is no database\nhint: " in err and "elsewhere if it is no journal" in err


@on_linux
@pytest.mark.parametrize("everything", [False, True], ids=["only the backups", "nothing at all"])
def test_backups_are_proved_and_rehearsed_where_nothing_can_be_written_beside_them(
    home: Path, told: Told, everything: bool
) -> None:
    told("backup create")
    (home / "backups" / ".lock").unlink()
    closed = [home / "backups", *([home] if everything else [])]
    for each in closed:
        each.chmod(0o555)
    try:
        assert len(as_anybody(lambda: told("backup verify"))["good"]) == 1
        assert as_anybody(lambda: told("backup drill"))["events"] == 24
        if not everything:
            assert len(as_anybody(lambda: told("backup restore --force"))["parts"]) == 3
    finally:
        for each in closed:
            each.chmod(0o755)
    assert not [*home.rglob("cryptoflow-scratch-*")]


def test_a_server_that_is_away_keeps_no_journal_from_being_backed_up(
    home: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", "postgresql://desk@127.0.0.1:1/trading")
    settings.cache_clear()
    made = told("backup create", 4)
    assert (made["events"], [*made["unusable"]], made["damaged"]) == (24, ["database"], {})
    assert told("backup verify", 4)["good"] == []
    shutil.rmtree(home / "journal")
    (error,) = told("backup create", 4)["errors"]
    assert "database could not be backed up" in error["what"] and len(told("backup list")["backups"]) == 1


def test_where_no_backup_is_the_folder_of_backups_can_be_named(home: Path, told: Told) -> None:
    (error,) = told("backup restore", 3)["errors"]
    assert "CRYPTOFLOW_BACKUPS" in error["fix"] and not (home / "journal" / "other.db").exists()


def test_a_way_back_says_which_events_it_lacks(home: Path, told: Told, capsys: Capsys) -> None:
    told("backup create")
    file = home / "journal" / "main.db"
    engine = local_engine(str(file))
    with engine.begin() as connection:
        append(connection, "main", drafts(2))
    engine.dispose()
    unindexed(file)
    assert run(["backup", "create"]) == 6
    holds = "it holds events up to 16 of main, the damaged one had reached at least 24"
    assert holds in capsys.readouterr().err
    assert run(["backup", "restore", "--force"]) == 6
    assert holds in capsys.readouterr().err


@on_linux
def test_a_journal_without_the_right_to_read_it_is_named(home: Path, told: Told) -> None:
    file = home / "journal" / "main.db"
    file.chmod(0)
    made = as_anybody(lambda: told("backup create", 4))
    assert made["unusable"] == {"journal/main": ["it cannot be read: Permission denied"]} and made["damaged"] == {}
    assert told("backup verify", 4)["good"] == [] and [*told("backup drill", 4)["unusable"]] == ["journal/main"]
    assert told("backup restore --force", 4)["parts"] == ["database", "journal/paper-main"]
    assert "Permission denied" in told("backup restore --only journal/main --force", 4)["errors"][0]["what"]
    assert "Permission denied" in told(f"backup restore {made['backup']} --only journal/main", 4)["errors"][0]["what"]
    told("backup create")
    said = as_anybody(lambda: told("backup restore --only database --force", 4))["errors"][0]
    assert "main.db cannot be read: Permission denied" in said["what"] and "tokens" in said["fix"]


@on_linux
def test_a_journal_that_can_only_be_read_is_backed_up_as_any_other(home: Path, told: Told) -> None:
    (home / "journal" / "main.db").chmod(0o444)
    (home / "journal").chmod(0o555)
    try:
        assert as_anybody(lambda: told("backup create"))["events"] == 24
    finally:
        (home / "journal").chmod(0o755)


def test_a_journal_that_lacks_a_guard_is_good_and_what_puts_it_back_is_told(
    home: Path, told: Told, capsys: Capsys
) -> None:
    with closing(sqlite3.connect(home / "journal" / "main.db")) as connection:
        connection.executescript("DROP TRIGGER events_no_update; DROP INDEX events_by_name")
    assert run(["backup", "create"]) == 0
    assert "is missing; `cryptoflow db check --mend` puts that back" in capsys.readouterr().err
    shutil.rmtree(home / "journal")
    restored = told("backup restore --force")
    assert restored["parts"] == ["database", "journal/main", "journal/paper-main"]
    assert [*restored["odd"]] == ["journal/main"] and len(restored["odd"]["journal/main"]) == 2


def test_a_journal_of_a_newer_version_is_kept_unproved_and_nobody_is_told_to_roll_it_back(
    home: Path, capsys: Capsys
) -> None:
    assert run(["backup", "create"]) == 0
    file = home / "journal" / "main.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("UPDATE alembic_version SET version_num = '9999'")
    capsys.readouterr()
    assert run(["backup", "create"]) == 4
    said = capsys.readouterr()
    assert "kept as it is, unproved" in said.err and "--force" not in said.err and "2 databases" in said.out
    (folder,) = [
        Path(line.removeprefix("it lies in ")) for line in said.out.splitlines() if line.startswith("it lies in")
    ]
    assert (folder / "journal" / "main.db").stat().st_size > 100_000
    assert run(["backup", "restore", "--only", "journal/main", "--force"]) == 4
    capsys.readouterr()
    assert run(["db", "check"]) == 3
    assert "hint: use the version of CryptoFlow that wrote it" in capsys.readouterr().err


def test_a_journal_that_is_locked_is_waited_for_with_an_end_and_is_not_damaged(
    home: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(online, "PATIENCE", 0.05)
    with closing(sqlite3.connect(home / "journal" / "main.db")) as connection:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        made = told("backup create", 4)
        assert made["unusable"] == {"journal/main": ["it cannot be used: database is locked"]}
        assert made["events"] == 16 and made["damaged"] == {}
        assert "database is locked" in told("backup restore --only database --force", 4)["errors"][0]["what"]
    assert told("backup restore --only database --force")["tokens_not_read"] == []


def test_a_bad_sector_is_damage_of_the_journal_and_what_was_read_is_kept(
    home: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, whole = home / "journal" / "main.db", taking.pieces
    flipped(file)

    def torn(source: Path) -> Iterator[bytes]:
        for piece in whole(source):
            yield piece[:40_960]
            if source == file:
                raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(taking, "pieces", torn)
    made = told("backup create", 6)
    assert "main.db cannot be read beyond its first 40,960 bytes" in made["damaged"]["journal/main"][1]
    assert (Path(made["folder"]) / "journal" / "main.db").stat().st_size == 40_960


@on_linux
def test_a_journal_of_which_nothing_can_be_read_is_named_beside_the_good_ones(home: Path, told: Told) -> None:
    file = home / "journal" / "main.db"
    file.unlink()
    file.symlink_to("/proc/self/mem")  # the kernel refuses its first byte as a bad disk does
    made = told("backup create", 6)
    wrong = ["it cannot be read: Input/output error", "main.db cannot be read: Input/output error"]
    assert (made["damaged"], made["events"]) == ({"journal/main": wrong}, 16)


def test_a_folder_among_the_journals_is_in_nobodys_way(home: Path, told: Told) -> None:
    (home / "journal" / "old.db").mkdir()
    assert told("backup create")["events"] == 24
    assert told("backup restore --only database --force")["parts"] == ["database"]
    assert told("audit verify")["errors"] == [] and "journal of old" not in str(told("db status"))


def test_an_empty_file_is_left_out_and_one_that_was_emptied_is_damaged(home: Path, told: Told, capsys: Capsys) -> None:
    (home / "journal" / "new.db").touch()
    made = told("backup create")
    assert "new.db is empty" in made["remarks"][0] and len(made["parts"]) == 3
    (home / "journal" / "main.db").write_bytes(b"")
    assert [*told("backup create", 6)["damaged"]] == ["journal/main"]


def test_a_journal_that_was_lost_to_another_program_is_kept_as_it_is(home: Path, told: Told) -> None:
    with closing(sqlite3.connect(home / "journal" / "notes.db")) as connection:
        connection.executescript("CREATE TABLE notes (a)")
    (wrong,) = told("backup create", 6)["damaged"]["journal/notes"]
    assert "it is no database of CryptoFlow" in wrong


def test_a_quick_look_says_what_it_looked_at_and_a_proof_looks_at_the_bytes(home: Path, told: Told) -> None:
    made = told("backup create")
    flipped(Path(made["folder"]) / "journal" / "main.db")
    (listed,) = told("backup list")["backups"]
    assert (listed["wrong"], listed["looked_at"]) == ([], "sizes")
    assert "journal/main.db is not as it was written" in told("backup verify", 6)["damaged"][0]


def test_a_backup_is_named_or_all_are_but_not_both(home: Path, told: Told) -> None:
    made = told("backup create")
    (error,) = told(f"backup verify {made['backup']} --all", 2)["errors"]
    assert f"`cryptoflow backup verify {made['backup']}`" in error["fix"]
