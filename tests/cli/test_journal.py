"""A recorded backtest, listed, proved and rebuilt from the command line."""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import make_url

from cryptoflow.cli.app import run
from cryptoflow.errors import ExitCode
from cryptoflow.pipelines.journals import listing, recording
from cryptoflow.settings import settings
from cryptoflow.storage.events import appending
from cryptoflow.storage.events.appending import append
from cryptoflow.storage.files import create
from tests.cli.projects import small
from tests.storage.stories import drafts

Capsys = pytest.CaptureFixture[str]
SPEC = "configs/small.yaml"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project whose backtest was recorded."""
    folder = tmp_path_factory.mktemp("recorded")
    small(folder)
    before = Path.cwd()
    os.chdir(folder)
    try:
        assert run(["backtest", SPEC, "--record", "--quiet"]) == 0
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def project(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, which is the current folder."""
    folder = Path(shutil.copytree(recorded, tmp_path / "project"))
    monkeypatch.chdir(folder)
    return folder


def journal_of(project: Path, name: str = "*") -> Path:
    (file,) = (project / ".cryptoflow" / "journal").glob(f"{name}.db")
    return file


def tampered(file: Path, *statements: str) -> None:
    """Change a journal by hand, its guards taken away."""
    by_hand = sqlite3.connect(file)
    for statement in ("DROP TRIGGER events_no_update", "DROP TRIGGER events_no_delete", *statements):
        by_hand.execute(statement)
    by_hand.commit()
    by_hand.close()


def said(capsys: Capsys, *words: str, code: int = 0) -> str:
    capsys.readouterr()
    found = run(list(words))
    told = capsys.readouterr()
    assert found == code, told.err
    return told.out if code == 0 or "--json" in words else told.err


def listed(capsys: Capsys, *words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said(capsys, "journal", *words, "--json").splitlines()]


def test_the_journal_of_a_run_says_what_its_tables_say(project: Path, capsys: Capsys) -> None:
    events = listed(capsys, "--all")
    assert [each["seq"] for each in events] == list(range(1, len(events) + 1))
    assert (events[0]["name"], events[-1]["name"]) == ("run.started", "run.ended")
    (folder,) = (project / ".cryptoflow" / "runs").glob("small-*")
    trades, end = pq.read_table(folder / "trades.parquet"), events[-1]["payload"]
    names = [each["name"] for each in events]
    assert end["trades"] == trades.num_rows == names.count("trade.closed") > 0
    assert end["fills"] == names.count("fill.booked") == 2 * trades.num_rows
    assert end["orders"] == names.count("order.created")
    manifest = json.loads((folder / "run.json").read_text())
    assert float(end["equity"]) == pytest.approx(manifest["metrics"]["final_equity"], rel=1e-12)
    assert events[0]["payload"]["spec_hash"] == manifest["spec_hash"]


def test_the_same_run_leaves_the_same_journal_to_its_last_hash(project: Path, capsys: Capsys) -> None:
    first = json.loads(said(capsys, "backtest", SPEC, "--record", "--json"))["journal"]
    file = journal_of(project)
    for side in ("-wal", "-shm"):  # what a reader that was killed leaves is not read as the new journal's
        file.with_name(file.name + side).write_bytes(b"left behind")
    second = json.loads(said(capsys, "backtest", SPEC, "--record", "--json"))["journal"]
    assert first == second
    assert Path(second["file"]).resolve() == file
    assert listed(capsys, "--last", "1")[0]["hash"] == second["hash"]
    assert listed(capsys, "--last", "1")[0]["seq"] == second["events"]


def test_two_who_record_the_same_run_at_once_leave_one_whole_journal(project: Path, capsys: Capsys) -> None:
    file = journal_of(project)
    line = [sys.executable, "-c", "from cryptoflow.cli.main import main; main()", "backtest", SPEC, "--record", "-q"]

    def both() -> None:
        programs = [subprocess.Popen(line, stdout=subprocess.DEVNULL) for _ in range(2)]
        assert [each.wait() for each in programs] == [0, 0]
        assert "each as it was written" in said(capsys, "audit", "verify")
        assert list(file.parent.glob("*.part*")) == []

    before = file.stat()
    both()
    after = file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns), "the same journal stays as it is"
    file.unlink()
    both()


def test_what_is_in_the_place_of_a_journal_is_never_written_over(project: Path, capsys: Capsys) -> None:
    file = journal_of(project)
    tampered(file, "DELETE FROM events WHERE seq = 7")
    for there in (file.read_bytes(), b"notes of mine"):
        file.write_bytes(there)
        told = said(capsys, "backtest", SPEC, "--record", "--quiet", code=ExitCode.REFUSED)
        assert "is not the journal that this run writes" in told
        assert file.read_bytes() == there
        assert list(file.parent.glob("*.part*")) == []


def test_a_run_without_discipline_is_refused_before_it_runs(project: Path, capsys: Capsys) -> None:
    before = sorted(project.rglob("*"))
    line = ("backtest", SPEC, "--record", "--set", "discipline=off")
    assert "evidence for nothing" in said(capsys, *line, code=ExitCode.REFUSED)
    assert sorted(project.rglob("*")) == before


def test_a_recording_that_is_stopped_halfway_leaves_no_half_journal(
    project: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, whole, done = listed(capsys, "--all"), appending.append, []

    def stopped(*given: Any, **named: Any) -> Any:
        if done:
            raise KeyboardInterrupt
        done.append(given)
        return whole(*given, **named)

    journal_of(project).unlink()
    with monkeypatch.context() as halfway:
        halfway.setattr(appending, "append", stopped)
        halfway.setattr(recording, "AT_ONCE", 50)
        assert run(["backtest", SPEC, "--record", "--quiet"]) == 130
    assert said(capsys, "audit", "verify") == "there is no journal\n"
    assert run(["backtest", SPEC, "--record", "--quiet"]) == 0
    assert listed(capsys, "--all") == before


KILLED_HALFWAY = """
import os, signal, sys
from cryptoflow.storage.events import appending
whole, done = appending.append, []
def append(*given, **named):
    if done:
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(1)
    return whole(*given, **named)
appending.append = append
from cryptoflow.pipelines.journals import recording
recording.AT_ONCE = 50
from cryptoflow.cli.app import run
sys.exit(run(["backtest", "configs/small.yaml", "--record", "--quiet"]))
"""


@pytest.mark.long
def test_a_recording_that_is_killed_leaves_no_half_journal(project: Path, capsys: Capsys) -> None:
    before = listed(capsys, "--all")
    journal_of(project).unlink()
    done = subprocess.run([sys.executable, "-c", KILLED_HALFWAY], env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == -signal.SIGKILL
    assert list((project / ".cryptoflow" / "journal").glob("*.part"))
    assert said(capsys, "audit", "verify") == "there is no journal\n"
    assert run(["backtest", SPEC, "--record", "--quiet"]) == 0
    assert listed(capsys, "--all") == before
    assert {file.suffix for file in (project / ".cryptoflow" / "journal").iterdir()} == {".db", ".lock"}


def test_events_are_listed_by_name_by_stream_and_by_day(project: Path, capsys: Capsys) -> None:
    events = listed(capsys, "--all")

    def names(*words: str) -> set[str]:
        return {each["name"] for each in listed(capsys, "--all", *words)}

    assert names("--event", "fill.booked") == {"fill.booked"}
    assert names("--event", "run.*", "--event", "trade.closed") == {"run.started", "run.ended", "trade.closed"}
    assert names("--event", "fill_booked") == set(), "an underscore is no joker"
    order = next(each["stream"] for each in events if each["name"] == "order.created")
    life = listed(capsys, "--all", "--stream", order)
    assert [each["version"] for each in life] == list(range(1, len(life) + 1))
    assert {each["correlation"] for each in life} == {order}
    day = listed(capsys, "--all", "--since", "2024-01-05", "--until", "2024-01-05")
    begin = 1_704_412_800_000
    assert [each["seq"] for each in day] == [e["seq"] for e in events if begin <= e["at"] < begin + 86_400_000] != []


def test_the_last_events_are_listed_oldest_first_and_fifty_of_them_without_a_wish(
    project: Path, capsys: Capsys
) -> None:
    events = listed(capsys, "--all")
    assert listed(capsys) == events[-50:]
    assert listed(capsys, "--last", "3") == events[-3:]
    assert (
        listed(capsys, "--event", "order.filled", "--last", "2")
        == [each for each in events if each["name"] == "order.filled"][-2:]
    )


def test_a_line_for_people_says_number_time_name_and_what_is_news(project: Path, capsys: Capsys) -> None:
    lines = said(capsys, "journal", "--all").splitlines()
    assert lines[0].startswith("      1  2024-01-03 00:00:00  run.started            run/small-")
    created = next(line for line in lines if " order.created " in line)
    assert "side=buy" in created and "symbol=BTC/USDT" in created
    assert "order=" not in created.partition("order/")[2], "what the stream says is not said again"
    assert 'symbols=["BTC/USDT"]' in lines[0]


def test_amounts_and_moments_are_shown_as_people_read_them_and_told_exactly_to_programs(
    project: Path, capsys: Capsys
) -> None:
    (event,) = listed(capsys, "--last", "1", "--event", "trade.closed")
    told = event["payload"]
    assert len(told["profit"]) > 15 and told["opened_at"] % 60_000 == 0, "it is a float of a simulation"
    line = said(capsys, "journal", "--last", "1", "--event", "trade.closed")
    shown = dict(word.split("=", 1) for word in line.split() if "=" in word)
    assert float(shown["profit"]) == pytest.approx(float(told["profit"]), rel=1e-7) and len(shown["profit"]) < 13
    assert shown["quantity"] == told["quantity"], "what is exact stays exact"
    assert shown["opened_at"] == f"{datetime.fromtimestamp(told['opened_at'] / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def test_a_search_without_a_hit_says_what_was_looked_for_where_and_what_was_meant(
    project: Path, capsys: Capsys
) -> None:
    file = journal_of(project)

    def told(*words: str) -> str:
        assert run(["journal", *words]) == 0
        found = capsys.readouterr()
        assert found.out == ""
        return found.err

    assert told("--event", "order.fild", "--since", "2024-01-05") == (
        f"journal of {file.stem} has no event named order.fild, from 2024-01-05 on (looked in {file})\n"
        "hint: did you mean `order.filled`?\n"
    )
    assert "did you mean `fill.*`?" in told("--event", "fil.*", "--json")
    assert f"hint: `cryptoflow journal {file.stem} --all` lists all" in told("--stream", "order/NONE")


def test_all_and_the_last_so_many_are_not_asked_for_at_once(project: Path, capsys: Capsys) -> None:
    assert "--all and --last contradict each other" in said(capsys, "journal", "--all", "--last", "3", code=2)


def test_events_that_were_altered_beyond_reading_are_listed_as_they_are(project: Path, capsys: Capsys) -> None:
    file = journal_of(project)
    events = len(listed(capsys, "--all"))
    broken = ("'{oops'", "x'ff00'", "cast(x'7bff7d' AS TEXT)", "'[NaN]'", "'{\"a\":1e999}'", "5")
    changes = [f"UPDATE events SET payload = {told} WHERE seq = {20 + at}" for at, told in enumerate(broken)]
    tampered(file, *changes, "UPDATE events SET at = 'noon', name = x'ff' WHERE seq = 30")
    assert run(["journal", "--all"]) == ExitCode.PROOF_FAILED
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert len(lines) == events
    assert lines[19].endswith('unreadable: "{oops"') and "noon" in lines[29]
    assert sum("unreadable: " in line for line in lines) == len(broken)
    assert told.err == (
        f"event 20 of {file.stem} cannot be read, and neither can 6 more: somebody altered what it says\n"
        f"hint: cryptoflow audit verify {file.stem}\n"
    )
    rows = [json.loads(line) for line in said(capsys, "journal", "--all", "--json", code=6).splitlines()]
    assert [row["seq"] for row in rows if row.get("unreadable")] == [20, 21, 22, 23, 24, 25, 30]
    assert (rows[19]["payload"], rows[0]["payload"]["seed"]) == ("{oops", 0)


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_reader_that_goes_away_ends_a_listing_quietly(project: Path, form: list[str]) -> None:
    words = [sys.executable, "-c", "from cryptoflow.cli.main import main; main()", "journal", "--all", *form]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as listing_all:
        assert listing_all.stdout is not None and listing_all.stderr is not None
        assert b"run.started" in listing_all.stdout.readline()
        listing_all.stdout.close()
        assert listing_all.stderr.read() == b""
    assert listing_all.returncode == 141


def test_a_journal_has_to_be_named_where_there_are_several_and_be_there(project: Path, capsys: Capsys) -> None:
    file = journal_of(project)
    shutil.copy(file, file.with_name("main.db"))
    told = said(capsys, "journal", code=ExitCode.USAGE)
    assert told == f"several accounts have a journal\nhint: name one: there are {file.stem}, main\n"
    assert f"there is no journal of desk\nhint: there are {file.stem}, main" in said(
        capsys, "journal", "desk", code=ExitCode.INVALID
    )
    assert said(capsys, "journal", "mian", code=ExitCode.INVALID) == (
        "there is no journal of mian\nhint: did you mean `main`?\n"
    )
    assert "--until lies before --since" in said(
        capsys, "journal", file.stem, "--since", "2024-02-01", "--until", "2024-01-01", code=ExitCode.USAGE
    )
    shutil.rmtree(file.parent)
    backtest, probe = "`cryptoflow backtest SPEC --record` writes", "`cryptoflow probe lookahead SPEC` begins"
    told = said(capsys, "journal", code=ExitCode.USAGE)
    assert f"no account has a journal here\nhint: {backtest} that of a run, {probe} that of the account" in told


@pytest.mark.parametrize(
    ("account", "hint"),
    [
        ("main", "`cryptoflow probe lookahead SPEC` begins that of the account in SPEC"),
        ("backtest-small-1a2b", "`cryptoflow backtest SPEC --record` writes that of a run"),
        ("paper-main", "nothing writes one yet: this version trades neither on paper nor in rehearsals"),
    ],
)
def test_a_journal_that_is_missing_is_said_with_what_begins_it(
    project: Path, capsys: Capsys, account: str, hint: str
) -> None:
    shutil.rmtree(journal_of(project).parent)
    assert (
        said(capsys, "journal", account, code=ExitCode.INVALID) == f"there is no journal of {account}\nhint: {hint}\n"
    )


def test_an_audit_names_the_first_event_that_is_not_as_it_was_written(project: Path, capsys: Capsys) -> None:
    file = journal_of(project)
    last = listed(capsys, "--last", "1")[0]
    assert said(capsys, "audit", "verify") == (
        f"{file.stem}: {last['seq']} events, each as it was written, to {last['hash'][:12]}\n"
    )
    tampered(file, "UPDATE events SET payload = replace(payload, '\"', '') WHERE seq IN (20, 40)")
    told = said(capsys, "audit", "verify", code=6)
    assert told.startswith(f"in the journal's file: event 20 of {file.stem} was altered\nhint: no backup holds ")
    (told,) = json.loads(said(capsys, "audit", "verify", file.stem, "--json", code=6))["journals"]
    assert told["broken"] == {"account": file.stem, "seq": 20, "what": "was altered"}
    assert told["events"] == 19


def test_a_journal_that_was_renamed_is_still_followed(project: Path, capsys: Capsys) -> None:
    file = journal_of(project)
    tampered(file, "DELETE FROM events WHERE seq = 7")
    file.rename(file.with_name("main.db"))
    told = said(capsys, "audit", "verify", "main", code=6)
    assert told.startswith(f"in the journal of main: event 7 of {file.stem} is missing\nhint: no backup holds it whole")


def test_a_journal_of_another_revision_is_refused_with_what_to_do(project: Path, capsys: Capsys) -> None:
    tampered(journal_of(project), "UPDATE alembic_version SET version_num = '9999'")
    assert "is of revision 9999, of a newer version; this one needs 0001" in said(capsys, "db", "status")
    for line in (["journal"], ["audit", "verify"], ["db", "upgrade"], ["db", "rebuild"]):
        assert "which this version does not know" in said(capsys, *line, code=ExitCode.UNAVAILABLE)
    tampered_more = sqlite3.connect(journal_of(project))
    tampered_more.execute("DELETE FROM alembic_version")
    tampered_more.commit()
    tampered_more.close()
    assert "but no revision of CryptoFlow" in said(capsys, "journal", code=ExitCode.INVALID)


def test_rows_that_were_changed_by_hand_are_made_again_and_named(project: Path, capsys: Capsys) -> None:
    events = len(listed(capsys, "--all"))
    account = journal_of(project).stem
    assert said(capsys, "db", "rebuild") == f"{account} in the journal's file: {events} events, nothing changed\n"
    by_hand = sqlite3.connect(journal_of(project))
    fills = by_hand.execute("SELECT count(*) FROM fills").fetchone()[0]
    by_hand.execute("DELETE FROM fills WHERE trade = (SELECT min(trade) FROM fills)")
    by_hand.commit()
    by_hand.close()
    told = json.loads(said(capsys, "db", "rebuild", "--json"))["rebuilt"]
    assert told[0]["differences"] == [{"table": "fills", "rows_before": fills - 1, "rows_after": fills}]
    assert (
        said(capsys, "db", "rebuild", "--account", account)
        == f"{account} in the journal's file: {events} events, nothing changed\n"
    )
    assert "there is no journal of nobody" in said(capsys, "db", "rebuild", "--account", "nobody", code=3)


def test_only_the_account_that_is_named_is_made_again(project: Path, capsys: Capsys) -> None:
    by_hand = sqlite3.connect(journal_of(project))
    by_hand.execute("DELETE FROM fills")
    by_hand.commit()
    by_hand.close()
    engine = create(project / ".cryptoflow" / "journal" / "main.db")
    with engine.begin() as connection:
        append(connection, "main", drafts(0))
    engine.dispose()
    assert (
        said(capsys, "db", "rebuild", "--account", "main") == "main in the journal's file: 8 events, nothing changed\n"
    )
    assert "changed: fills (0 " in said(capsys, "db", "rebuild", "--account", journal_of(project, "b*").stem)


def test_rows_of_an_account_that_a_process_holds_are_left_alone(project: Path, capsys: Capsys) -> None:
    account = journal_of(project).stem
    assert said(capsys, "db", "upgrade")
    line = ("db", "rebuild", "--account", account)
    held = ["db", "lease", account, "--", sys.executable, "-c", "from cryptoflow.cli.main import main; main()", *line]
    assert run(held) == ExitCode.LEASE_HELD
    assert "nothing changed" in said(capsys, *line)
    assert said(capsys, "db", "leases") == "nobody holds an account\n"


def test_databases_are_built_shown_and_checked(project: Path, capsys: Capsys) -> None:
    account = journal_of(project).stem
    assert "cryptoflow db upgrade" in said(capsys, "db", "status")
    found = json.loads(said(capsys, "db", "status", "--json"))["databases"]
    assert [(each["name"], each["found"], each["ready"]) for each in found] == [
        ("database", None, False),
        (f"journal of {account}", "0001", True),
    ]
    assert said(capsys, "db", "upgrade") == f"database went from nothing to 0001\njournal of {account} is at 0001\n"
    upgraded = json.loads(said(capsys, "db", "upgrade", "--json"))["upgraded"]
    assert {(each["before"], each["after"], each["copy"]) for each in upgraded} == {("0001", "0001", None)}
    assert said(capsys, "db", "check") == f"database: as it must be\njournal of {account}: as it must be\n"
    by_hand = sqlite3.connect(project / ".cryptoflow" / "cryptoflow.db")
    by_hand.execute("ALTER TABLE leases ADD COLUMN note TEXT")
    by_hand.close()
    assert "database is not as it must be" in said(capsys, "db", "check", code=ExitCode.INVALID)
    told = said(capsys, "db", "check", "--json", code=ExitCode.INVALID)
    assert '"database": [\n      "table leases is not as it was made"\n    ]' in told


@pytest.mark.parametrize("command", ["status", "upgrade", "check", "rebuild"])
def test_a_server_that_does_not_answer_and_a_file_that_is_none_are_told(
    project: Path, capsys: Capsys, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", "postgresql://desk:secret@127.0.0.1:1/trading")
    settings.cache_clear()
    told = said(capsys, "db", command, code=ExitCode.UNAVAILABLE)
    assert "127.0.0.1:1/trading cannot be used: " in told and "secret" not in told
    assert "hint: start it, or name another one with CRYPTOFLOW_DATABASE_URL" in told
    notes = project / "notes.db"
    notes.write_text("these are notes of somebody's, " * 100)
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", f"sqlite:///{notes}")
    settings.cache_clear()
    assert f"{notes} is no database\nhint: no backup holds it whole; move {notes} elsewhere" in said(
        capsys, "db", command, code=ExitCode.INVALID
    )
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", "mysql://somewhere")
    settings.cache_clear()
    assert "is no database that CryptoFlow knows" in said(capsys, "db", command, code=ExitCode.USAGE)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("audit verify NAME", "COUNT events"),
        ("db status", "COUNT"),
        ("db check", "as it must be"),
        ("db ship", "shipped"),
    ],
)
def test_a_file_that_is_no_journal_hides_none_of_the_others(
    project: Path, capsys: Capsys, line: str, word: str
) -> None:
    assert said(capsys, "db", "upgrade")
    account = journal_of(project).stem
    with closing(sqlite3.connect(journal_of(project))) as journal:
        word = word.replace("COUNT", str(journal.execute("SELECT count(*) FROM events").fetchone()[0]))
    journal_of(project).with_name("aaa.db").write_text("these are notes of somebody's, " * 100)
    words = line.replace("NAME", account).split()
    assert run(words) == ExitCode.INVALID
    told = capsys.readouterr()
    assert account in told.out and word in told.out and "aaa.db is no database" in told.err
    assert run([*words, "--json"]) == ExitCode.INVALID
    found = json.loads(capsys.readouterr().out)
    assert account in str(found) and "aaa.db is no database" in str(found.get("errors", found.get("refused")))


@pytest.mark.parametrize("line", ["audit verify NAME", "db status", "db check"])
def test_a_server_that_is_away_hides_no_journal(
    project: Path, capsys: Capsys, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = journal_of(project).stem
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", "postgresql://desk:secret@127.0.0.1:1/trading")
    settings.cache_clear()
    assert run(line.replace("NAME", account).split()) == ExitCode.UNAVAILABLE
    told = capsys.readouterr()
    assert account in told.out and "127.0.0.1:1/trading cannot be used" in told.err


@pytest.mark.parametrize("wrong", [{"database": "no_such"}, {"username": "nobody"}])
def test_a_login_or_a_database_that_the_server_does_not_know_is_told_in_words(
    project: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, postgres_url: str, wrong: dict[str, str]
) -> None:
    url = make_url(postgres_url).set(**wrong).render_as_string(hide_password=False)
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", url)
    for command in ("status", "upgrade", "check", "rebuild", "ship", "leases"):
        settings.cache_clear()
        assert "does not exist" in said(capsys, "db", command, code=ExitCode.UNAVAILABLE)


def test_a_listing_that_nobody_reads_on_keeps_no_state_of_the_journal(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 10)

    async def read_a_little() -> tuple[int, ...]:
        pager = listing.listed(listing.Asked(None))
        for _ in range(15):
            await anext(pager)
        with sqlite3.connect(journal_of(project)) as by_hand:
            by_hand.execute("UPDATE heads SET token = 1")
        found = by_hand.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        by_hand.close()
        await pager.aclose()
        return tuple(found)

    assert asyncio.run(read_a_little()) == (0, 0, 0), "nobody's state was in the way"


@pytest.mark.long
@pytest.mark.parametrize("spec", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda file: file.stem)
def test_every_shipped_config_is_recorded_without_a_law_broken(
    spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys, evidence: Any
) -> None:
    monkeypatch.setenv("CRYPTOFLOW_HOME", str(tmp_path))
    began = time.monotonic()
    told = json.loads(said(capsys, "backtest", str(spec), "--record", "--json"))
    assert f"{told['journal']['events']:,} events, each as it was written" in said(capsys, "audit", "verify")
    assert "nothing changed" in said(capsys, "db", "rebuild")
    evidence(f"{told['journal']['events']:,} events, {time.monotonic() - began:.0f} s with audit and rebuild")
