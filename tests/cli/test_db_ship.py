"""`db ship` and `db lease` by hand: what they say, and the code they end with."""

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.cli.exits import EXITS
from cryptoflow.errors import ExitCode
from cryptoflow.settings import settings
from cryptoflow.storage.database import local_engine
from cryptoflow.storage.events.appending import append, fence
from cryptoflow.storage.files import create
from tests.storage.stories import drafts

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's state, with a shared database and the journal of an account, and a current folder beside it."""
    monkeypatch.chdir(tmp_path)
    home = tmp_path / ".cryptoflow"
    create(home / "cryptoflow.db").dispose()
    write(home, 0)
    return home


def write(home: Path, number: int, token: int = 0) -> None:
    engine = create(home / "journal" / "main.db")
    with engine.begin() as connection:
        append(connection, "main", drafts(number), token=token)
    engine.dispose()


def ended(line: str, capsys: Capsys) -> tuple[int, str]:
    settings.cache_clear()
    capsys.readouterr()
    code = run(line.split())
    told = capsys.readouterr()
    name = " ".join(line.split()[:2])
    assert ExitCode(code) in EXITS[name] or name == "db lease"
    return code, told.out + told.err


def test_what_was_shipped_is_said_and_nothing_is_shipped_twice(home: Path, capsys: Capsys) -> None:
    assert ended("db ship", capsys) == (0, "main: 8 events shipped, the database has 8\n")
    assert ended("db ship main", capsys) == (0, "main: 0 events shipped, the database has 8\n")
    write(home, 1)
    code, told = ended("db ship --json", capsys)
    assert (code, json.loads(told)["shipped"]) == (0, [{"account": "main", "shipped": 8, "events": 16}])
    assert ended("db ship nobody", capsys)[0] == ExitCode.INVALID


def test_a_database_that_is_away_or_not_made_yet_ends_with_4(
    home: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "cryptoflow.db").unlink()
    code, told = ended("db ship", capsys)
    assert (code, "cryptoflow db upgrade" in told) == (ExitCode.UNAVAILABLE, True)
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", "postgresql://desk:secret@127.0.0.1:1/trading")
    code, told = ended("db ship", capsys)
    assert (code, "cannot be used" in told, "secret" in told) == (ExitCode.UNAVAILABLE, True, False)


@pytest.mark.parametrize("manner", ["", " --json"])
def test_a_database_that_holds_another_journal_ends_with_6_and_names_the_event(
    home: Path, capsys: Capsys, manner: str
) -> None:
    assert ended("db ship", capsys)[0] == ExitCode.OK
    (home / "journal" / "main.db").unlink()
    write(home, 1)
    code, told = ended(f"db ship{manner}", capsys)
    assert code == ExitCode.PROOF_FAILED
    assert "event 1 of main is another one there than here" in told
    assert not manner or [*json.loads(told)["errors"][0]] == ["what", "fix"]


def test_a_journal_of_an_earlier_holder_ends_with_7(home: Path, capsys: Capsys) -> None:
    engine = local_engine(str(home / "cryptoflow.db"))
    with engine.begin() as connection:
        fence(connection, "main", 4)
    engine.dispose()
    code, told = ended("db ship", capsys)
    assert (code, "this process holds token 0, the journal has seen 4" in told) == (ExitCode.LEASE_HELD, True)


def test_several_writers_of_a_file_are_refused(home: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRYPTOFLOW_WRITERS", "4")
    code, told = ended("db ship", capsys)
    assert (code, "4 processes mean to write" in told) == (ExitCode.USAGE, True)


def test_a_command_runs_under_a_lease_and_its_code_is_passed_on(
    home: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ended("db lease main -- true", capsys) == (0, "")
    assert ended("db ship", capsys)[0] == ExitCode.OK, "what an earlier holder left can still be shipped"
    assert ended("db lease main -- false", capsys)[0] == 1
    assert ended("db lease main -- no-such-program", capsys)[0] == ExitCode.USAGE
    Path("notes").write_text("nothing that runs")
    told = "./notes cannot be run: Permission denied\n"
    assert ended("db lease main -- ./notes", capsys) == (ExitCode.USAGE, told)
    assert ended("db leases", capsys) == (0, "nobody holds an account\n")
    monkeypatch.setenv("CRYPTOFLOW_LEASE_SILENCE", "90")
    assert ended("db lease main -- true", capsys)[0] == ExitCode.USAGE


def test_a_lease_rises_above_what_the_journal_here_has_seen(home: Path, capsys: Capsys) -> None:
    engine = local_engine(str(home / "journal" / "main.db"))
    with engine.begin() as connection:
        fence(connection, "main", 7)
    engine.dispose()
    assert ended("db lease main -- true", capsys) == (ExitCode.OK, "")
    with closing(sqlite3.connect(home / "cryptoflow.db")) as shared:
        assert shared.execute("SELECT token FROM leases").fetchall() == [(8,)]


STEAL = """
import sqlite3, time
with sqlite3.connect(".cryptoflow/cryptoflow.db") as database:
    database.execute("UPDATE leases SET token = 9, holder = 'another'")
time.sleep(60)
"""


def test_a_command_whose_lease_goes_to_another_is_ended_with_7(
    home: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRYPTOFLOW_LEASE_HEARTBEAT", "0.1")
    settings.cache_clear()
    assert run(["db", "lease", "main", "--", sys.executable, "-c", STEAL]) == ExitCode.LEASE_HELD
    assert "token 1 has gone to another, which holds token 9" in capsys.readouterr().err


def by_hand(file: Path, *statements: str) -> None:
    """Change a journal, its guards taken away."""
    with closing(sqlite3.connect(file)) as hand, hand:
        for guard in ("events_no_update", "events_no_delete", "heads_no_delete", "heads_only_forward"):
            hand.execute(f"DROP TRIGGER {guard}")
        for each in statements:
            hand.execute(each)


def test_a_journal_whose_last_events_were_cut_is_not_shipped(home: Path, capsys: Capsys) -> None:
    by_hand(home / "journal" / "main.db", "DELETE FROM events WHERE seq > 5")
    code, told = ended("db ship", capsys)
    assert code == ExitCode.PROOF_FAILED and "event 6 of main is missing, and all after it" in told


LATER = "account, 9, at, stream, version + 1, name, schema, by, correlation, causation, payload, hash"


@pytest.mark.parametrize(
    ("by", "told"),
    [
        ("UPDATE events SET payload = '{}' WHERE seq = 2", "event 2 of main was altered"),
        (f"INSERT INTO events SELECT {LATER} FROM events WHERE seq = 8", "event 9 of main was altered"),
    ],
)
def test_what_was_done_to_a_journal_after_it_was_shipped_is_told_where_it_is_shipped_or_copied(
    home: Path, capsys: Capsys, by: str, told: str
) -> None:
    assert ended("db ship", capsys)[0] == ExitCode.OK
    by_hand(home / "journal" / "main.db", by)
    for line in ("db ship", "db copy --to sqlite:///all.db"):
        code, said = ended(line, capsys)
        assert code == ExitCode.PROOF_FAILED and told in said and "no backup holds it whole" in said
    assert not Path("all.db").exists()


def test_an_end_that_was_cut_with_its_row_is_found_beside_the_shared_copy(home: Path, capsys: Capsys) -> None:
    assert ended("db ship", capsys)[0] == 0
    assert ended("audit verify", capsys)[0] == 0
    last = "(SELECT hash FROM events WHERE seq = 5)"
    by_hand(
        home / "journal" / "main.db", "DELETE FROM events WHERE seq > 5", f"UPDATE heads SET seq = 5, hash = {last}"
    )
    code, told = ended("audit verify", capsys)
    assert code == ExitCode.PROOF_FAILED
    assert "event 6 of main is in the copy that the database has, but the journal ends before it" in told


@pytest.mark.parametrize("longer", [0, 1], ids=["as long", "longer"])
def test_a_journal_whose_last_shipped_event_is_another_is_found_beside_the_shared_copy(
    home: Path, capsys: Capsys, longer: int
) -> None:
    assert ended("db ship", capsys)[0] == 0
    (home / "journal" / "main.db").unlink()
    engine = create(home / "journal" / "main.db")
    *same, last = drafts(0)
    with engine.begin() as connection:
        append(connection, "main", [*same, last._replace(by="somebody"), *drafts(1, longer)])
    engine.dispose()
    told = "event 8 of main is another one"
    for command, says in (("audit verify", f"{told} in the copy that the database has"), ("db ship", f"{told} there")):
        code, said = ended(command, capsys)
        assert (code, says in said) == (ExitCode.PROOF_FAILED, True), said


def test_a_journal_in_a_file_never_begins_later(home: Path, capsys: Capsys) -> None:
    first = "first_hash = (SELECT hash FROM events WHERE seq = 2)"
    by_hand(
        home / "journal" / "main.db", f"UPDATE heads SET first_seq = 2, {first}", "DELETE FROM events WHERE seq < 3"
    )
    code, told = ended("audit verify", capsys)
    assert code == ExitCode.PROOF_FAILED and "event 1 of main is missing" in told


def test_a_journal_whose_end_was_forgotten_is_broken_and_not_gone(home: Path, capsys: Capsys) -> None:
    by_hand(home / "journal" / "main.db", "DELETE FROM heads")
    code, told = ended("audit verify", capsys)
    assert code == ExitCode.PROOF_FAILED and "event 8 of main is the last one here, but the row" in told
    assert ended("db check", capsys)[0] != 0
