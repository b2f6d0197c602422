"""`cryptoflow db` over several databases: none hides the others, and what is wrong is told with its command."""

import asyncio
import json
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from cryptoflow.cli.app import run
from cryptoflow.clock import MachineClock
from cryptoflow.errors import ExitCode
from cryptoflow.pipelines.databases import rebuilding
from cryptoflow.settings import settings
from cryptoflow.storage.database import local_engine
from cryptoflow.storage.events.appending import append
from cryptoflow.storage.files import create
from cryptoflow.storage.pending import COMMANDS, OUTBOX
from tests.storage.stories import drafts

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder with a shared database, the journal of an account, and notes where another journal should be."""
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    home = tmp_path / ".cryptoflow"
    create(home / "cryptoflow.db").dispose()
    engine = create(home / "journal" / "main.db")
    with engine.begin() as connection:
        append(connection, "main", drafts(0))
    engine.dispose()
    yield home
    settings.cache_clear()


def ended(capsys: Capsys, line: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run(["db", *line.split()])
    told = capsys.readouterr()
    return code, told.out, told.err


def by_hand(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as hand, hand:
        for each in statements:
            hand.execute(each)


@pytest.mark.parametrize("verb", ["upgrade", "check", "rebuild", "status", "ship"])
def test_a_journal_that_is_none_keeps_the_others_from_nothing(home: Path, capsys: Capsys, verb: str) -> None:
    (home / "journal" / "aaa.db").write_text("these are notes of somebody's, " * 100)
    code, out, err = ended(capsys, verb)
    assert (code, "main" in out) == (ExitCode.INVALID, True)
    assert "aaa.db is no database\nhint: `cryptoflow backup restore --only journal/aaa --force`" in err
    code, out, _ = ended(capsys, f"{verb} --json")
    assert code == ExitCode.INVALID and "main" in out and "aaa.db is no database" in str(json.loads(out))


def test_a_database_of_somebody_else_is_named_with_its_tables_and_left_alone(
    home: Path, capsys: Capsys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand(tmp_path / "theirs.db", "CREATE TABLE notes (note TEXT)", "CREATE TABLE people (name TEXT)")
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", f"sqlite:///{tmp_path}/theirs.db")
    code, out, err = ended(capsys, "upgrade")
    assert (code, out) == (ExitCode.INVALID, "journal of main is at 0001\n")
    assert "theirs.db has tables (notes, people) but no revision of CryptoFlow\nhint: `mv " in err
    with closing(sqlite3.connect(tmp_path / "theirs.db")) as theirs:
        assert theirs.execute("SELECT name FROM sqlite_master").fetchall() == [("notes",), ("people",)]


def test_a_guard_that_is_missing_is_named_with_the_command_that_puts_it_back(home: Path, capsys: Capsys) -> None:
    by_hand(home / "journal" / "main.db", "DROP TRIGGER events_no_update", "DROP INDEX fills_by_order")
    code, out, err = ended(capsys, "check")
    assert code == ExitCode.INVALID and "trigger events_no_update of events is missing" in out
    assert err == (
        "journal of main is not as it must be\n"
        "hint: `cryptoflow db check --mend` puts back triggers, indexes and functions; no row is touched\n"
    )
    put_back = "index fills_by_order of fills, trigger events_no_update of events"
    told = f"database: as it must be\njournal of main: put back: {put_back}\njournal of main: as it must be\n"
    assert ended(capsys, "check --mend") == (0, told, "")
    assert json.loads(ended(capsys, "check --json")[1])["differences"] == {"database": [], "journal of main": []}


def test_status_fits_a_terminal_and_tells_what_waits(home: Path, capsys: Capsys) -> None:
    (home / "journal" / "main.db").rename(home / "journal" / "backtest-trend-1a2b3c4d5e.db")
    hour = 3_600_000
    old = {"channel": "webhook", "payload": "{}", "due_at": 0, "attempts": 8}
    dead = MachineClock().now() - 2 * hour
    messages = [
        {**old, "key": "a", "made_at": dead + hour, "state": "dead", "error": "no answer"},
        {**old, "key": "b", "made_at": dead, "state": "dead", "error": "410 Gone"},
        {**old, "key": "c", "made_at": dead, "state": "waiting", "error": None},
        {**old, "key": "d", "made_at": dead, "state": "sent", "error": None},
    ]
    asked = {"account": "main", "name": "halt", "payload": "{}", "by": "alice", "asked_at": dead}
    engine = local_engine(str(home / "cryptoflow.db"))
    with engine.begin() as connection:
        connection.execute(insert(OUTBOX), messages)
        connection.execute(insert(COMMANDS), [{**asked, "state": each} for each in ("waiting", "taken", "done")])
    engine.dispose()
    code, out, _ = ended(capsys, "status")
    assert code == 0 and max(len(each) for each in out.splitlines() if str(home) not in each) <= 80
    assert "1 message waits, 2 commands are open\ndatabase: 2 dead letters, the oldest 2.0 h old: 410 Gone\n" in out
    pending = json.loads(ended(capsys, "status --json")[1])["databases"][0]["pending"]
    assert pending["dead_letters"].pop("oldest_seconds") == pytest.approx(7200, abs=60)
    told = {"count": 2, "oldest_error": "410 Gone"}
    assert pending == {"messages_waiting": 1, "dead_letters": told, "commands_open": 2}


def test_a_journal_and_its_copy_are_told_apart_and_a_damaged_one_has_its_own_way_back(
    home: Path, capsys: Capsys
) -> None:
    assert ended(capsys, "ship")[0] == 0
    told = "main in the database: 8 events, nothing changed\nmain in the journal's file: 8 events, nothing changed\n"
    assert ended(capsys, "rebuild") == (0, told, "")
    by_hand(home / "journal" / "main.db", "DROP TRIGGER events_no_update", "UPDATE events SET payload = '{}'")
    code, out, err = ended(capsys, "rebuild")
    assert (code, out) == (ExitCode.PROOF_FAILED, "main in the database: 8 events, nothing changed\n")
    assert "hint: `cryptoflow backup restore --only journal/main --force`" in err


def test_an_altered_event_that_is_to_be_shipped_is_told_with_the_way_back(home: Path, capsys: Capsys) -> None:
    by_hand(
        home / "journal" / "main.db", "DROP TRIGGER events_no_update", "UPDATE events SET payload = '{}' WHERE seq = 3"
    )
    code, _, err = ended(capsys, "ship")
    assert code == ExitCode.PROOF_FAILED
    assert "`cryptoflow audit verify main`" in err and "--only journal/main --force" in err


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+asyncpg://desk:secret@127.0.0.1:1/trading", "postgresql://desk:***@127.0.0.1:1/trading"),
        ("postgres://desk@127.0.0.1:1/trading?password=secret", "postgresql://desk@127.0.0.1:1/trading"),
    ],
)
def test_a_server_that_does_not_answer_is_told_as_it_was_named(
    home: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, url: str, shown: str
) -> None:
    away = f"{shown} cannot be used: Connection refused\nhint: start it, or name another one with"
    assert ended(capsys, f"copy --to {url}")[::2] == (ExitCode.UNAVAILABLE, f"{away} --to\n")
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", url)
    settings.cache_clear()
    assert ended(capsys, "rebuild")[::2] == (ExitCode.UNAVAILABLE, f"{away} CRYPTOFLOW_DATABASE_URL\n")


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("--to sqlite:///", ExitCode.USAGE, "sqlite:/// names no file"),
        ("--to mysql://desk:secret@db/x", ExitCode.USAGE, "mysql://desk:***@db/x is no database that CryptoFlow knows"),
        ("--from sqlite:///none.db --to sqlite:///all.db", ExitCode.INVALID, "name one that is there with --from"),
        ("--to sqlite:///notes.db", ExitCode.INVALID, "notes.db is no database\nhint: name another one with --to"),
    ],
)
def test_what_cannot_be_copied_is_told_with_the_option_to_mend(
    home: Path, capsys: Capsys, line: str, code: ExitCode, told: str
) -> None:
    Path("notes.db").write_text("these are notes of somebody's, " * 100)
    found, _, err = ended(capsys, f"copy {line}")
    assert found == code and told in err


@pytest.mark.parametrize("manner", ["", " --json"])
def test_ctrl_c_says_how_things_are_left(
    home: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, manner: str
) -> None:
    async def interrupted(_: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(60)

    monkeypatch.setattr(rebuilding, "_made_again", interrupted)
    code, out, err = ended(capsys, f"rebuild{manner}")
    left = "each account's rows are as they were, or made again as a whole; the same command can be run again"
    assert (code, err) == (130, f"stopped; {left}\n")
    if manner:
        assert json.loads(out) == {"interrupted": True, "left": left}


def test_an_account_that_is_not_there_cannot_be_finished(home: Path, capsys: Capsys) -> None:
    engine = create(home / "cryptoflow.db")
    with engine.begin() as connection:
        append(connection, "paper-main", drafts(0))
    engine.dispose()
    for more in ("", " --before 2024-01-01"):
        code, _, err = ended(capsys, f"retire --finished paper-mian{more}")
        assert code == ExitCode.INVALID and "there is no account paper-mian in" in err
        assert "hint: did you mean `paper-main`?" in err
    assert ended(capsys, "retire --finished paper-main --before 2020-01-01")[0] == 0
