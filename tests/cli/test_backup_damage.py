"""A backup where something is damaged already: the rest is kept and proved, and nothing that is left is lost."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.cli.app import run
from cryptoflow.cli.exits import EXITS
from cryptoflow.errors import ExitCode
from tests.anybody import as_anybody, on_linux
from tests.storage.estates import journal

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


def emptied(file: Path) -> None:
    file.write_bytes(b"")


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
        ("database", cut, ""),
        ("database", headless, "file is not a database"),
        ("journal/main", overwritten, "file is not a database"),
        ("journal/main", emptied, "it is empty"),
        ("database", lawless, "trigger events_no_update of events is missing"),
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
    restored = told("backup restore --only journal/notes")
    assert (restored["parts"], [*restored["damaged"]]) == (["journal/notes"], ["journal/notes"])
    assert (file.read_bytes(), file.with_name("notes.db-wal").read_bytes()) == (NOTES, b"a log that nobody can read")
    assert not [*home.rglob("*.restoring")]


def test_the_last_good_copy_is_named_and_stays_as_long_as_it_is_the_last(
    home: Path, told: Told, capsys: Capsys
) -> None:
    good = told("backup create")["backup"]
    headless(home / "journal" / "main.db")
    assert run(["backup", "create"]) == 6
    fix = f"`cryptoflow backup restore {good} --only journal/main --force`"
    assert fix in capsys.readouterr().err
    assert run(["backup", "restore", "--force"]) == 6
    assert fix in capsys.readouterr().err
    assert told(f"backup restore {good} --only journal/main --force")["left_out"] == {}
    assert told("backup create")["damaged"] == {}


@on_linux
def test_a_journal_without_the_right_to_read_it_is_named(home: Path, told: Told) -> None:
    file = home / "journal" / "main.db"
    file.chmod(0)
    made = as_anybody(lambda: told("backup create", 6))
    assert made["damaged"] == {"journal/main": ["it cannot be read: Permission denied"]}
    assert told("backup verify", 6)["good"] == []
    assert told("backup restore --force", 6)["parts"] == ["database", "journal/paper-main"]
    assert "Permission denied" in told("backup restore --only journal/main --force", 6)["errors"][0]["what"]


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
