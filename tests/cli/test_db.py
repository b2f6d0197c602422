"""`cryptoflow db` over several databases: none hides the others, and what is wrong is told with its command."""

import asyncio
import json
import os
import shutil
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
from tests.anybody import as_anybody, on_linux
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
    assert "aaa.db is no database\nhint: no backup holds it whole" in err and "elsewhere if it is no journal" in err
    code, out, _ = ended(capsys, f"{verb} --json")
    assert code == ExitCode.INVALID and "main" in out and "aaa.db is no database" in str(json.loads(out))


@pytest.mark.parametrize("log", [b"", b"what a process that was killed has not moved into the file"])
def test_a_database_of_somebody_else_is_named_with_its_tables_and_left_alone(
    home: Path, capsys: Capsys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: bytes
) -> None:
    mode = f"PRAGMA journal_mode={'WAL' if log else 'DELETE'}"
    by_hand(tmp_path / "theirs.db", mode, "CREATE TABLE notes (note TEXT)", "CREATE TABLE people (name TEXT)")
    (tmp_path / "theirs.db-wal").write_bytes(log)
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", f"sqlite:///{tmp_path}/theirs.db")

    def theirs() -> dict[str, bytes]:
        return {each.name: each.read_bytes() for each in tmp_path.glob("theirs.db*")}

    before = theirs()
    assert {ended(capsys, verb)[0] for verb in ("status", "check --mend", "ship", "rebuild")} == {ExitCode.INVALID}
    code, out, err = ended(capsys, "upgrade")
    assert (code, out) == (ExitCode.INVALID, "journal of main is at 0001\n")
    assert "theirs.db has tables (notes, people) but no revision of CryptoFlow\nhint: `mv " in err
    assert {each.name: each.read_bytes() for each in tmp_path.glob("theirs.db*")} == before, (
        "not even how it is written"
    )


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


def test_a_journal_that_somebody_writes_to_is_compared_meanwhile(home: Path, capsys: Capsys) -> None:
    with closing(sqlite3.connect(home / "journal" / "main.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        for line in ("check", "check --mend"):
            assert ended(capsys, line) == (0, "database: as it must be\njournal of main: as it must be\n", "")


@on_linux
@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_what_cannot_be_written_is_compared_too(home: Path, capsys: Capsys, mode: str) -> None:
    by_hand(home / "journal" / "main.db", f"PRAGMA journal_mode={mode}")
    (home / "journal" / "main.db").chmod(0o444)
    (home / "journal").chmod(0o555)
    try:
        code, out, err = as_anybody(lambda: ended(capsys, "check --mend"))
    finally:
        (home / "journal").chmod(0o755)
    assert (code, out, err) == (0, "database: as it must be\njournal of main: as it must be\n", "")
    assert [each.name for each in (home / "journal").iterdir()] == ["main.db"]


@pytest.mark.parametrize("revision", ["0000", "0002"])
def test_how_many_events_are_in_a_journal_of_another_revision_nobody_claims_to_know(
    home: Path, capsys: Capsys, revision: str
) -> None:
    by_hand(home / "journal" / "main.db", f"UPDATE alembic_version SET version_num = '{revision}'")
    (line,) = [each for each in ended(capsys, "status")[1].splitlines() if "│ journal of main" in each]
    assert [each.strip() for each in line.split("│")[2:4]] == [revision, "?"]
    assert json.loads(ended(capsys, "status --json")[1])["databases"][1]["events"] is None


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
    assert "hint: no backup holds it whole; keep what is left of it" in err


def test_a_journal_that_is_damaged_keeps_its_copy_from_nothing(home: Path, capsys: Capsys) -> None:
    assert ended(capsys, "ship")[0] == 0
    (home / "journal" / "main.db").write_text("these are notes of somebody's, " * 100)
    code, out, err = ended(capsys, "rebuild")
    assert (code, out) == (ExitCode.INVALID, "main in the database: 8 events, nothing changed\n")
    assert "main.db is no database\nhint: no backup holds it whole" in err and "elsewhere if it is no journal" in err
    assert ended(capsys, "lease main -- true")[0] == ExitCode.INVALID, "whoever writes events has to fit into it"


def test_an_altered_event_that_is_to_be_shipped_is_told_with_the_way_back(home: Path, capsys: Capsys) -> None:
    by_hand(
        home / "journal" / "main.db", "DROP TRIGGER events_no_update", "UPDATE events SET payload = '{}' WHERE seq = 3"
    )
    code, _, err = ended(capsys, "ship")
    assert code == ExitCode.PROOF_FAILED
    assert "event 3 of main was altered" in err and "hint: no backup holds it whole" in err


@pytest.mark.parametrize("lost", ["TABLE events", "TABLE heads"])
@pytest.mark.parametrize("verb", ["status", "rebuild", "ship", "copy --to sqlite:///all.db"])
def test_a_table_that_is_gone_is_named_with_what_tells_all_and_hides_no_other_journal(
    home: Path, capsys: Capsys, lost: str, verb: str
) -> None:
    shutil.copy(home / "journal" / "main.db", home / "journal" / "lost.db")
    by_hand(home / "journal" / "lost.db", f"DROP {lost}")
    code, out, err = ended(capsys, verb)
    assert code == ExitCode.INVALID and ("main" in out or verb.startswith("copy"))
    assert f"is not as it must be: no such table: {lost[6:]}\nhint: cryptoflow db check\n" in err
    code, out, _ = ended(capsys, f"{verb} --json")
    assert code == ExitCode.INVALID and "cryptoflow db check" in str(json.loads(out))


@pytest.mark.parametrize(("columns", "widest"), [("30", 30), ("", 80)])
def test_a_table_in_a_pipe_is_as_wide_as_columns_says(
    home: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, columns: str, widest: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    widths = {len(each) for each in ended(capsys, "status")[1].splitlines() if "│" in each}
    assert max(widths) <= widest and (columns or max(widths) > 30)


def test_a_column_that_is_gone_is_named_where_rows_are_made_again(home: Path, capsys: Capsys) -> None:
    by_hand(home / "journal" / "main.db", "ALTER TABLE trades DROP COLUMN bars")
    code, _, err = ended(capsys, "rebuild")
    assert code == ExitCode.INVALID and "no such column: trades.bars\nhint: cryptoflow db check\n" in err


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
