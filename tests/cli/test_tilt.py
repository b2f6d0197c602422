"""`cryptoflow tilt` and `cryptoflow reflect`, on the journal of an account."""

import json
import re
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.cli.app import run
from cryptoflow.domain.events.tilt import TiltRaised
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.domain.tilt.baseline import ENOUGH, measure, sample
from cryptoflow.domain.tilt.conduct import Conduct
from cryptoflow.domain.tilt.records import RATE
from cryptoflow.domain.tilt.reflection import PROMPTS
from cryptoflow.errors import ExitCode
from cryptoflow.pipelines.journals.place import journal_file
from cryptoflow.pipelines.tilting.standing import ranges
from cryptoflow.storage.events.appending import append
from cryptoflow.storage.files import create

Capsys = pytest.CaptureFixture[str]
SEVEN = """\
{"at": AT+0, "what": "trade", "symbol": "BTC/USDT", "profit": "-30", "stopped": true}
{"at": AT+30000, "what": "order", "symbol": "BTC/USDT", "notional": "100"}
{"at": AT+40000, "what": "order", "symbol": "BTC/USDT", "notional": 100}
{"at": AT+50000, "what": "order", "symbol": "ETH/USDT", "notional": 100.5}
{"at": AT+55000, "what": "order", "symbol": "ETH/USDT", "notional": "100"}
{"at": AT+60000, "what": "edit", "setting": "risk", "raised": true}
{"at": AT+62000, "what": "override", "setting": "daily_loss", "accepted": false}
"""
ANSWERS = "\n\n".join(
    f"{prompt}\nI saw the price fall, grew impatient and wanted it back: {' '.join(f'thing{n}{k}' for k in range(12))}."
    for n, prompt in enumerate(PROMPTS)
)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRYPTOFLOW_HOME", str(tmp_path / ".cryptoflow"))
    return tmp_path


def said(capsys: Capsys, *words: str, code: int = 0) -> str:
    capsys.readouterr()
    found = run(list(words))
    told = capsys.readouterr()
    assert found == code, told.err + told.out
    return told.out if code == 0 or "--json" in words else told.err


def observed(project: Path, lines: str, begin: int) -> Path:
    """A file of observations that begin at a moment."""
    file = project / "observed.jsonl"
    told = (line.partition("AT+") for line in lines.splitlines())
    file.write_text(
        "\n".join(
            head + str(begin + int(rest.partition(",")[0])) + "," + rest.partition(",")[2] for head, _, rest in told
        )
    )
    return file


def shown(capsys: Capsys) -> dict[str, Any]:
    return json.loads(said(capsys, "tilt", "show", "--json"))  # type: ignore[no-any-return]  # an object


def begun(account: str = "main") -> None:
    """Let an account have a journal, of which nothing is told yet."""
    create(journal_file(account)).dispose()


def test_what_was_observed_raises_levels_that_are_shown_and_kept(project: Path, capsys: Capsys) -> None:
    begun()
    now = int(time.time() * 1000)
    found = json.loads(said(capsys, "tilt", "ingest", str(observed(project, SEVEN, now - 65_000)), "--json"))
    assert found == {"account": "main", "observed": 7, "followed": ["tilt.raised", "tilt.raised"]}
    standing = shown(capsys)
    assert (standing["level"], standing["size"], standing["locked"]) == ("restricted", 0.5, False)
    assert standing["live"] == ["T2", "T5", "T7", "T8"]
    assert standing["score"] == 50
    text = said(capsys, "tilt", "show")
    assert text.startswith("main: restricted, score 50 (T2, T5, T7, T8)\nuntil ")
    names = [json.loads(line)["name"] for line in said(capsys, "tilt", "history", "--json").splitlines()]
    assert (names.count("tilt.observed"), names.count("override.attempted")) == (6, 1)
    usual = json.loads(said(capsys, "tilt", "baseline", "--json"))
    assert [each["samples"] for each in usual["ranges"]] == [0, 0, 0, 4, 4, 0]
    assert "order frequency" in said(capsys, "tilt", "baseline")
    ends = re.findall(r"until=(\S+)", said(capsys, "tilt", "history"))
    assert [each[-1] for each in ends] == ["Z", "Z"]
    assert abs(datetime.fromisoformat(ends[1]).timestamp() * 1000 - standing["until"]) < 1
    assert "before what the journal" in said(capsys, "tilt", "ingest", "observed.jsonl", code=ExitCode.REFUSED)
    assert run(["audit", "verify", "main"]) == 0


@pytest.mark.parametrize("name", ["live", "paper", "cryptoflow", " backtest ", ""])
def test_a_machine_observes_nobody(project: Path, capsys: Capsys, name: str) -> None:
    file = str(observed(project, SEVEN, int(time.time() * 1000) - 65_000))
    assert "give your own: --by ada" in said(capsys, "tilt", "ingest", file, "--by", name, code=ExitCode.USAGE)
    assert not journal_file("main").exists()


def locked(until: int, at: int) -> None:
    """Write a lock-out into the journal of main."""
    engine = create(journal_file("main"))
    with engine.begin() as connection:
        append(connection, "main", [Draft(TiltRaised("locked", 60.0, 6.0, ("T2",), until), at)])
    engine.dispose()


def test_a_lock_out_takes_its_time_and_a_reflection(project: Path, capsys: Capsys) -> None:
    now = int(time.time() * 1000)
    locked(now + 3_600_000, now - 1_000)
    standing = shown(capsys)
    assert (standing["locked"], standing["needs_reflection"], standing["size"]) == (True, True, 0.0)
    assert "whenever you are ready" in said(capsys, "tilt", "show")
    assert "nobody is here to ask" in said(capsys, "reflect", code=ExitCode.USAGE)
    file = project / "answers.txt"
    file.write_text("I will not do that again.")
    short = said(capsys, "reflect", "--file", str(file), code=ExitCode.INVALID)
    assert "1 answers, 5 are asked for" in short
    assert "take the time that it takes" in short
    file.write_text(ANSWERS)
    found = json.loads(said(capsys, "reflect", "--file", str(file), "--operator", "ana", "--json"))
    assert (found["over"], found["until"]) == (False, now + 3_600_000)
    assert (shown(capsys)["state"], shown(capsys)["needs_reflection"]) == ("reflected", False)
    assert "has its reflection already" in said(capsys, "reflect", "--file", str(file), code=ExitCode.REFUSED)


def test_a_reflection_after_the_time_ends_the_lock_at_a_quarter_of_the_size(project: Path, capsys: Capsys) -> None:
    now = int(time.time() * 1000)
    locked(now - 1_000, now - 90_000_000)
    assert shown(capsys)["state"] == "waiting"
    file = project / "answers.txt"
    file.write_text(ANSWERS)
    assert "entries keep 25% of their size" in said(capsys, "reflect", "--file", str(file))
    standing = shown(capsys)
    assert (standing["level"], standing["size"], standing["wins_needed"]) == ("calm", 0.25, 3)
    assert "3 winning trades (0 so far) or 5 calm days" in said(capsys, "tilt", "show")
    assert "is not locked out" in said(capsys, "reflect", "--file", str(file), code=ExitCode.REFUSED)


@pytest.mark.parametrize(
    ("line", "what", "fix"),
    [
        ('{"at": 1, "what": "ordr"}', "`what` is 'ordr'", "did you mean `order`?"),
        ('{"at": 1, "what": "order", "symbol": "A/B"}', "order lacks `notional`", "it has at, what, symbol, notional"),
        ('{"at": 1, "what": "edit", "setting": "x", "rised": true}', "edit has no `rised`", "did you mean `raised`?"),
        ('{"at": "9:00", "what": "restart"}', "`at` is '9:00'", "epoch milliseconds"),
        ('{"at": 1, "what": "order", "symbol": "A/B", "notional": -1}', "`notional` is '-1'", "amount of money"),
        ('{"at": 1, "what": "order", "symbol": "A/B", "notional": "1e400"}', "`notional` is '1", "amount of money"),
        ('{"at": 1, "what": "order", "symbol": "A/B", "notional": "1e-400"}', "`notional` is '1", "amount of money"),
        ('{"at": 1, "what": "trade", "symbol": "A/B", "profit": "1e400"}', "`profit` is '1", "amount of money"),
        ('{"at": 1, "what": "trade", "symbol": "A/B", "profit": -1e400}', "`profit` is '-1", "amount of money"),
        ('{"at": 1, "what": "edit", "setting": "x", "raised": 1}', "`raised` is 1", "true or false"),
        (r'{"at": 1, "what": "edit", "setting": "\ud800"}', "`setting` is ", "write it as text"),
        ("nonsense", "no JSON object", "write {"),
        ("[" * 100_000, "no JSON object", "write {"),
        ('{"at": "0001-01-01T00:00:00+23:00", "what": "restart"}', "`at` is '0001", "epoch milliseconds"),
        ('{"at": "1969-12-31T23:59:59Z", "what": "restart"}', "`at` is '1969", "epoch milliseconds"),
        ('{"at": "2999-01-01T00:00:00Z", "what": "restart"}', "in the future", "write when it was done"),
        ('{"at": 0, "what": "restart"}', "before the line above", "sort the lines"),
    ],
)
def test_a_mistake_in_a_line_is_told_with_its_number_and_nothing_is_written(
    line: str, what: str, fix: str, project: Path, capsys: Capsys
) -> None:
    file = project / "observed.jsonl"
    file.write_text(f'{{"at": 1, "what": "restart"}}\n\n{line}\n')
    told = said(capsys, "tilt", "ingest", str(file), code=ExitCode.INVALID)
    assert f"{file}:3:1: " in told
    assert what in told
    assert fix in told
    assert not (project / ".cryptoflow").exists()


def test_nothing_is_added_to_the_journal_of_a_recorded_backtest(project: Path, capsys: Capsys) -> None:
    file = project / "observed.jsonl"
    file.write_text('{"at": 1, "what": "restart"}\n')
    told = said(capsys, "tilt", "ingest", str(file), "--account", "backtest-x", code=ExitCode.REFUSED)
    assert "recorded backtest" in told
    assert "no journal of main" in said(capsys, "tilt", "show", code=ExitCode.INVALID)


def test_what_was_done_elsewhere_begins_no_journal_so_that_a_slip_of_the_pen_makes_no_account(
    project: Path, capsys: Capsys
) -> None:
    file = project / "observed.jsonl"
    file.write_text('{"at": 1, "what": "restart"}\n')
    assert "probe lookahead SPEC" in said(capsys, "tilt", "ingest", str(file), code=ExitCode.INVALID)
    assert not (project / ".cryptoflow").exists()
    begun()
    told = said(capsys, "tilt", "ingest", str(file), "--account", "mian", code=ExitCode.INVALID)
    assert told == "there is no journal of mian\nhint: did you mean `main`?\n"
    assert not journal_file("mian").exists()


@pytest.mark.parametrize("line", [["tilt", "ingest"], ["reflect", "--file"]], ids=" ".join)
def test_a_folder_is_no_file_to_read(line: list[str], project: Path, capsys: Capsys) -> None:
    begun()
    assert f"{project} is a folder" in said(capsys, *line, str(project), code=ExitCode.USAGE)


def test_an_end_that_is_shown_to_the_minute_is_never_before_it(project: Path, capsys: Capsys) -> None:
    begun()
    now = int(time.time() * 1000)
    file = project / "observed.jsonl"
    file.write_text(f'{{"at": {now}, "what": "order", "symbol": "BTC/USDT", "notional": "100"}}\n')
    said(capsys, "tilt", "ingest", str(file))
    text = said(capsys, "tilt", "show")
    (told,) = re.findall(r"the next entry by hand is possible from (\S+ \S+) UTC", text)
    late = datetime.fromisoformat(f"{told}Z").timestamp() * 1000 - shown(capsys)["next_entry_by_hand"]
    assert 0 <= late < 60_000


def test_no_range_of_a_habit_begins_below_nothing() -> None:
    conduct = Conduct()
    for at in range(ENOUGH):
        sample(conduct.own, RATE, at, float(1 + at % 9))
    measure(conduct.own, RATE, ENOUGH)
    (usual,) = (each for each in ranges(conduct) if each.samples)
    assert (usual.low, usual.high) == (0.0, 13.0)
