"""`cryptoflow kill` where the database of leases cannot be used: the journal on this machine is enough."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.errors import ExitCode
from cryptoflow.pipelines.databases.targets import SHARED
from cryptoflow.pipelines.journals.place import journal_file
from cryptoflow.settings import settings
from cryptoflow.storage.events.appending import append
from cryptoflow.storage.events.reading import Wanted, audit, events
from cryptoflow.storage.files import existing
from tests.pipelines.lives import kept
from tests.storage.stories import drafts

Capsys = pytest.CaptureFixture[str]
TOKEN = 7


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where an account `main` lives, that a process with token 7 trades."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CRYPTOFLOW_HOME", raising=False)
    settings.cache_clear()
    kept(tmp_path / ".cryptoflow", "main", [])
    write(tmp_path / ".cryptoflow", 0)
    yield tmp_path / ".cryptoflow"
    settings.cache_clear()


def write(home: Path, number: int) -> None:
    """Let the process that trades write."""
    engine = existing(journal_file("main", home))
    with engine.begin() as connection:
        append(connection, "main", drafts(number), token=TOKEN)
    engine.dispose()


def kills(home: Path) -> list[str]:
    """What the journal tells of its switch; its chain is whole."""
    engine = existing(journal_file("main", home))
    with engine.connect() as connection:
        assert audit(connection, "main").broken is None
        found = [each.name for each in events(connection, Wanted("main", names=("kill.*",)))]
    engine.dispose()
    return found


def server(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", url)
    settings.cache_clear()


@pytest.mark.parametrize("url", ["postgresql://desk:secret@127.0.0.1:1/trading", "mysql://desk:secret@db/trading"])
def test_a_kill_without_the_database_of_leases_is_in_the_journal_and_says_so(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys, url: str
) -> None:
    server(monkeypatch, url)
    for answer in ("main: the kill switch has tripped\n", "main: the kill switch has tripped already\n"):
        assert run(["kill", "--reason", "odd fills"]) == 0
        told = capsys.readouterr()
        assert told.out == answer
        assert "written into the journal of main on this machine without its lease" in told.err
        assert "look, and end one that does" in told.err
        assert "secret" not in told.err
    assert kills(home) == ["kill.reported", "kill.tripped"]
    write(home, 1)  # whoever trades is kept out by nobody


def test_programs_read_why_there_was_no_lease(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys) -> None:
    assert run(["kill", "--reason", "odd fills", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["without_lease"] is None
    server(monkeypatch, "postgresql://desk@127.0.0.1:1/trading")
    assert run(["kill", "--reason", "odd fills", "--json"]) == 0
    assert "Connect" in json.loads(capsys.readouterr().out)["without_lease"]


def test_a_server_that_never_answers_keeps_no_kill_waiting(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    monkeypatch.setattr("cryptoflow.pipelines.halting.operating.REACH", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server(monkeypatch, f"postgresql://desk@127.0.0.1:{silent.getsockname()[1]}/trading")
        assert run(["kill", "--reason", "odd fills"]) == 0
    assert "it does not answer in time" in capsys.readouterr().err
    assert kills(home) == ["kill.reported", "kill.tripped"]


def test_a_shared_file_that_is_none_keeps_no_kill_waiting(home: Path, capsys: Capsys) -> None:
    (home / SHARED).write_text("no database")
    assert run(["kill", "--reason", "odd fills"]) == 0
    assert f"{SHARED} is no database" in capsys.readouterr().err
    assert kills(home) == ["kill.reported", "kill.tripped"]


def test_a_journal_that_is_none_is_said_of_the_journal(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    server(monkeypatch, "postgresql://desk@127.0.0.1:1/trading")
    journal_file("main", home).write_text("no database")
    assert run(["kill", "--reason", "odd fills"]) == ExitCode.INVALID
    assert "main.db is no database" in capsys.readouterr().err
    assert run(["kill", "--reason", "odd fills", "--account", "mian"]) == ExitCode.INVALID
    assert "there is no journal of mian" in capsys.readouterr().err


def test_resume_waits_for_the_database_of_leases(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server(monkeypatch, "postgresql://desk@127.0.0.1:1/trading")
    assert run(["kill", "--reason", "odd fills"]) == 0
    line = ["resume", "--operator", "Ada", "--cause", "a fee table", "--phrase", "please"]
    assert run(line) == ExitCode.UNAVAILABLE
    assert kills(home) == ["kill.reported", "kill.tripped"]
