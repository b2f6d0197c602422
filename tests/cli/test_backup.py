"""`db copy` and `backup` through the command line: what they print, and how they end."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.cli.app import run
from cryptoflow.cli.exits import EXITS
from cryptoflow.errors import ExitCode
from tests.storage.estates import journal

Capsys = pytest.CaptureFixture[str]
Told = Callable[..., Any]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state folder of the current folder's project, with a shared database and a journal."""
    home = tmp_path / ".cryptoflow"
    journal(home / "cryptoflow.db", "main", 3)
    journal(home / "journal" / "main.db", "main", 5)
    monkeypatch.chdir(tmp_path)
    return home


@pytest.fixture
def told(capsys: Capsys) -> Told:
    """Run a command line that must end with a code, and return the object that it prints."""

    def asked(line: str, code: int = 0) -> Any:
        capsys.readouterr()
        assert run([*line.split(), "--json"]) == code, capsys.readouterr()
        command = " ".join(line.split()[:2])
        assert ExitCode(code) in EXITS[command]
        return json.loads(capsys.readouterr().out)

    return asked


def test_a_backup_is_made_listed_verified_drilled_and_restored(home: Path, told: Told) -> None:
    made = told("backup create")
    (listed,) = told("backup list")["backups"]
    assert (listed["backup"], listed["events"], listed["wrong"]) == (made["backup"], 40, [])
    assert [part["name"] for part in made["parts"]] == listed["parts"] == ["database", "journal/main"]
    assert told("backup verify --all") == {
        "good": [{"backup": made["backup"], "databases": 2, "events": 40}],
        "damaged": [],
    }
    assert told("backup drill")["seconds"] > 0
    assert "--force" in told("backup restore", 5)["errors"][0]["fix"]
    restored = told("backup restore --force")
    assert restored["heads"] == {"main": {"seq": 40, "hash": made["parts"][1]["heads"]["main"]["hash"]}}
    assert all(Path(place).is_file() for place in restored["set_aside"])
    assert run(["audit", "verify"]) == 0


def test_a_damaged_backup_is_named_and_ends_with_6(home: Path, told: Told) -> None:
    made = told("backup create")
    file = Path(made["folder"]) / "journal" / "main.db"
    content = bytearray(file.read_bytes())
    content[5_000] ^= 1
    file.write_bytes(content)
    assert told("backup verify", 6)["damaged"] == [
        f"the backup {made['backup']} is damaged: journal/main.db is not as it was written"
    ]
    assert told("backup restore --force", 6)["exit_code"] == told("backup drill", 6)["exit_code"] == 6
    file.unlink()
    assert told("backup list")["backups"][0]["wrong"] == ["main.db is gone"]


def test_without_anything_there_is_nothing_to_keep_or_restore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    monkeypatch.chdir(tmp_path)
    assert told("backup list") == {"backups": [], "set_aside": [], "errors": []}
    for line in (
        "backup create",
        "backup restore",
        "backup verify --all",
        "backup drill",
        "db copy --to sqlite:///to.db",
    ):
        assert told(line, 3)["exit_code"] == 3
    assert not (tmp_path / "to.db").exists()


def test_all_of_this_machine_is_copied_and_a_second_copy_changes_nothing(home: Path, told: Told) -> None:
    first = told("db copy --to sqlite:///all.db")
    assert [(each["account"], each["events"]) for each in first["accounts"]] == [("main", 40)]
    assert first["accounts"][0]["rows"]["orders"] == 5
    assert told("db copy --to sqlite:///all.db") == first
    assert (
        told("db copy --from sqlite:///all.db --to sqlite:///again.db")["accounts"][0]["hash"]
        == first["accounts"][0]["hash"]
    )


def test_a_copy_that_cannot_be_made_says_why(home: Path, told: Told, tmp_path: Path) -> None:
    journal(tmp_path / "other.db", "main", 1)
    with (tmp_path / "empty.db").open("wb"):
        pass
    same = told("db copy --to sqlite:///.cryptoflow/journal/main.db", 2)
    assert same["errors"][0]["what"] == "the target is the database to copy from"
    assert "knows" in told("db copy --to mysql://here/there", 2)["errors"][0]["what"]
    assert "db upgrade" in told("db copy --from sqlite:///empty.db --to sqlite:///to.db", 4)["errors"][0]["fix"]
    assert told("db copy --to postgresql://nobody@127.0.0.1:1/none", 4)["exit_code"] == 4
    assert told("db copy --from sqlite:///other.db --to sqlite:///all.db")["accounts"][0]["events"] == 8
    journal(tmp_path / "long.db", "main", 5)
    assert told("db copy --to sqlite:///all.db")["accounts"][0]["events"] == 40
    assert told("db copy --from sqlite:///other.db --to sqlite:///all.db", 5)["exit_code"] == 5


def test_people_read_what_was_done(home: Path, capsys: Capsys) -> None:
    for line in ("backup create", "backup list", "backup verify", "backup drill", "db copy --to sqlite:///all.db"):
        assert run(line.split()) == 0
    said = capsys.readouterr().out
    assert re.search(r"Z: 2 databases, 40 events, [\d.]+ kB, restored once and found good", said)
    assert re.search(r"│ +2 │ +40 │ +[\d.]+ kB │ there, sizes agree", said)
    assert re.search(r"recovery takes [\d.]+ s: .+Z, 40 events, [\d.]+ kB, 0.0 h old", said)
    assert re.search(r"main: 40 events to [0-9a-f]{12}, \d+ rows", said)
    assert run(["backup", "restore", "--force"]) == 0
    assert "what was there before is now" in capsys.readouterr().out
