"""`audit verify`, `journal` and `doctor` on journals that were altered or emptied, or lie where nobody can write."""

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.cli.exits import EXITS
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import Target, file_url
from cryptoflow.settings import settings
from cryptoflow.storage.events.appending import append
from cryptoflow.storage.files import create
from tests.anybody import as_anybody, on_linux
from tests.storage.stories import drafts

Capsys = pytest.CaptureFixture[str]
GUARDS = ("events_no_update", "events_no_delete", "heads_no_delete", "heads_only_forward")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's state, with the journal of an account, and a current folder beside it."""
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    home = tmp_path / ".cryptoflow"
    engine = create(home / "journal" / "main.db")
    with engine.begin() as connection:
        append(connection, "main", drafts(0))
    engine.dispose()
    return home


def ended(line: str, capsys: Capsys) -> tuple[int, str, str]:
    """Return how a command ended: its code, its data and its talk."""
    capsys.readouterr()
    code = run(line.split())
    assert ExitCode(code) in EXITS[max((name for name in EXITS if line.startswith(name)), key=len)]
    told = capsys.readouterr()
    return code, told.out, told.err


def by_hand(file: Path, *statements: str) -> None:
    """Change a journal, its guards taken away."""
    with closing(sqlite3.connect(file)) as hand, hand:
        for guard in GUARDS:
            hand.execute(f"DROP TRIGGER {guard}")
        for each in statements:
            hand.execute(each)


def ended_as_anybody(line: str, capsys: Capsys) -> tuple[int, str, str]:
    """Return how a command ended that was run without the rights of root."""
    return as_anybody(lambda: ended(line, capsys))


@pytest.fixture
def folder(home: Path) -> Iterator[Path]:
    """The folder of journals, which can be written again when the test is over."""
    yield home / "journal"
    (home / "journal").chmod(0o755)


HERE = "in the journal's file: "
BACK = "hint: no backup holds it whole; keep what is left of it, or move {} elsewhere if it is no journal\n"
NEW = "`cryptoflow db upgrade && cryptoflow db ship` makes a new one of the journals that are here"
WHOLE = "main: 8 events, each as it was written"


@on_linux
@pytest.mark.parametrize("what", ["main.db", "."])
def test_a_journal_is_proved_and_listed_where_it_or_its_folder_cannot_be_written(
    folder: Path, capsys: Capsys, what: str
) -> None:
    (folder / what).chmod(0o555)
    code, told, _ = ended_as_anybody("audit verify", capsys)
    assert (code, told[: len(WHOLE)]) == (0, WHOLE)
    code, told, _ = ended_as_anybody("journal --last 1 --event order.*", capsys)
    assert code == 0 and "order.filled" in told
    assert [each.name for each in folder.iterdir()] == ["main.db"], "and nothing was left beside it"


@on_linux
def test_what_a_process_has_not_moved_into_its_file_yet_is_read_there_too(
    folder: Path, capsys: Capsys, tmp_path: Path
) -> None:
    file, log, kept = folder / "main.db", folder / "main.db-wal", tmp_path / "kept"
    with closing(sqlite3.connect(file)) as writer, writer:
        writer.execute("UPDATE heads SET token = 4")
        writer.execute("DROP TRIGGER events_no_update")
        writer.execute("UPDATE events SET payload = '{}' WHERE seq = 8")
        writer.commit()
        folder.chmod(0o555)
        code, out, told = ended_as_anybody("audit verify", capsys)
        assert (code, out) == (6, "") and told.startswith(f"{HERE}event 8 of main was altered\n")
        shutil.copy(log, kept)
    folder.chmod(0o755)
    file.with_name("main.db-shm").unlink(missing_ok=True)
    shutil.copy(kept, log)
    folder.chmod(0o555)
    code, _, told = ended_as_anybody("audit verify", capsys)
    assert code == ExitCode.UNAVAILABLE and "main.db-wal holds events" in told
    copied = told.split("hint: ")[1].partition(" && CRYPTOFLOW_HOME")[0]
    subprocess.run(copied, shell=True, check=True)
    assert sorted(each.name for each in Path("copy/journal").iterdir()) == ["main.db", "main.db-wal"]


def test_an_event_that_only_moves_an_order_says_what_was_ordered(home: Path, capsys: Capsys) -> None:
    code, told, _ = ended("journal --event order.* --last 4", capsys)
    moved = told.splitlines()
    assert code == 0 and moved[-1].endswith("order.filled           order/ORDER0  (entry buy 0.1 BTC/USDT)")
    assert sum("(entry buy 0.1 BTC/USDT)" in each for each in moved) == 3
    assert "(" not in ended("journal --event order.filled --json", capsys)[1]


@on_linux
def test_leases_are_listed_where_nothing_can_be_written(home: Path, capsys: Capsys) -> None:
    create(home / "cryptoflow.db").dispose()
    home.chmod(0o555)
    try:
        assert ended_as_anybody("db leases", capsys) == (0, "nobody holds an account\n", "")
    finally:
        home.chmod(0o755)


@on_linux
@pytest.mark.parametrize("beside", ["main.db-wal", "main.db-journal"])
def test_what_is_not_in_the_file_yet_is_left_to_who_may_write_it(folder: Path, capsys: Capsys, beside: str) -> None:
    (folder / beside).write_bytes(b"what its writer has not moved into the file, or has not taken out again")
    (folder / "main.db").chmod(0o444)
    code, _, told = ended_as_anybody("audit verify", capsys)
    assert code == ExitCode.UNAVAILABLE and f"{beside} " in told
    assert sorted(each.name for each in folder.iterdir()) == ["main.db", beside], "no file of a stranger's beside it"


@on_linux
def test_a_file_that_is_written_while_it_is_read_as_one_that_cannot_change_is_told(folder: Path) -> None:
    async def read() -> None:
        target = Target("journal of main", file_url(folder / "main.db"))
        async with ready(target, reads=True):
            os.utime(folder / "main.db")

    def reads() -> None:
        asyncio.run(read())

    folder.chmod(0o555)
    with pytest.raises(CryptoflowError, match="was written while it was read"):
        as_anybody(reads)


def test_a_journal_that_was_emptied_is_told_from_a_new_one_by_its_copy(home: Path, capsys: Capsys) -> None:
    create(home / "cryptoflow.db").dispose()
    assert ended("db ship", capsys)[0] == 0
    by_hand(home / "journal" / "main.db", "DELETE FROM events", "DELETE FROM heads")
    code, _, told = ended("audit verify main", capsys)
    assert code == ExitCode.PROOF_FAILED
    emptied = "event 1 of main is in the copy that the database has, but the journal ends before it"
    assert told == f"{HERE}{emptied}: here at 0, there at 8\n{BACK.format(home / 'journal' / 'main.db')}"
    assert ended("db rebuild", capsys) == (code, "main in the database: 8 events, nothing changed\n", told)
    (found,) = checked(capsys)["journals"]
    assert (found["state"], emptied in found["told"]) == ("fail", True)
    create(home / "journal" / "new.db").dispose()
    assert "new: no events yet\n" in ended("audit verify new", capsys)
    assert "journal of new has no event" in ended("journal new", capsys)[2]


def test_what_is_found_in_the_database_says_that_it_is_there(home: Path, capsys: Capsys) -> None:
    create(home / "cryptoflow.db").dispose()
    assert ended("db ship", capsys)[0] == 0
    assert ended("db rebuild", capsys)[1] == (
        "main in the database: 8 events, nothing changed\nmain in the journal's file: 8 events, nothing changed\n"
    )
    by_hand(home / "cryptoflow.db", "UPDATE events SET payload = '{}' WHERE seq = 3")
    code, out, told = ended("audit verify", capsys)
    place = home / "cryptoflow.db"
    back = f"hint: no backup holds it whole; move {place} elsewhere with what lies beside it: {NEW}\n"
    assert (code, told) == (6, f"in the database: event 3 of main was altered\n{back}")
    assert out.startswith(WHOLE)
    found = json.loads(ended("audit verify --json", capsys)[1])["errors"]
    assert [each["what"] for each in found] == ["in the database: event 3 of main was altered"]
    assert found[0]["fix"] in told


def test_a_journal_that_does_not_say_where_it_ends_is_told_alike_everywhere(home: Path, capsys: Capsys) -> None:
    create(home / "cryptoflow.db").dispose()
    assert ended("db ship", capsys)[0] == 0
    by_hand(home / "journal" / "main.db", "DELETE FROM heads")
    told = f"{HERE}event 8 of main is the last one here, but the row that says where the journal ends is gone\n"
    told += BACK.format(home / "journal" / "main.db")
    for line in ("audit verify", "db rebuild", "db ship"):
        assert ended(line, capsys)[::2] == (ExitCode.PROOF_FAILED, told)
    (found,) = checked(capsys)["journals"]
    assert found["told"] == "the journal of main has its last event 8, but the row that says where it ends is gone"


def checked(capsys: Capsys) -> dict[str, list[dict[str, str]]]:
    """Return what `doctor` says of journals and of the database."""
    checks = json.loads(ended("doctor --json", capsys)[1])["checks"]
    return {name: [each for each in checks if each["name"] == name] for name in ("journals", "database")}


def test_doctor_looks_at_the_end_of_every_journal_and_of_the_database(home: Path, capsys: Capsys) -> None:
    (found,) = checked(capsys)["journals"]
    assert (found["state"], found["told"]) == ("ok", "one journal, 8 events, no end is missing")
    create(home / "cryptoflow.db").dispose()
    assert ended("db ship", capsys)[0] == 0
    assert [each["state"] for each in checked(capsys)["database"]] == ["ok"]
    for file in (home / "journal" / "main.db", home / "cryptoflow.db"):
        by_hand(file, "DELETE FROM events WHERE seq > 5")
    told = checked(capsys)
    for (found,), where in ((told["journals"], ""), (told["database"][1:], " in the database")):
        assert found["told"] == (
            f"the journal of main{where} says that it ends with event 8, but the last one there is 5"
        )
        assert (found["state"], found["fix"]) == ("fail", "cryptoflow audit verify main")


def test_doctor_names_journals_that_do_not_open_with_what_to_do(home: Path, capsys: Capsys) -> None:
    file = home / "journal" / "main.db"
    shutil.copy(file, file.with_name("torn.db"))
    with closing(sqlite3.connect(file.with_name("older.db"))) as hand, hand:
        hand.execute("PRAGMA user_version = 1")
    os.truncate(file.with_name("torn.db"), 50_000)
    file.with_name("notes.db").write_text("these are notes of somebody's, " * 100)
    found = {each["told"].split("/")[-1]: each for each in checked(capsys)["journals"]}
    assert {told.split(" ", 1)[0]: each["state"] for told, each in found.items()} == {
        "notes.db": "fail",
        "older.db": "warn",
        "torn.db": "fail",
    }
    assert "cryptoflow db upgrade" in [each["fix"] for each in found.values()]
    assert all(each["fix"] for each in found.values())
