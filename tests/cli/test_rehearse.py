"""`rehearse` on the command line: what holds, and what has shown too little."""

import json
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.cli.app import run
from cryptoflow.errors import ExitCode
from tests.pipelines.trading.quick import quick

Capsys = pytest.CaptureFixture[str]


def told(capsys: Capsys, *arguments: str) -> tuple[int, Any]:
    code = run(["rehearse", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_spec_that_never_enters_has_shown_nothing(tmp_path: Path, capsys: Capsys) -> None:
    spec = quick(tmp_path)
    spec.write_text(spec.read_text().replace("2023-01-20", "2023-01-01"))
    strategy = spec.parent / "strategies" / "cross.yaml"
    strategy.write_text(strategy.read_text().replace("crosses_above(sma(close, 2), sma(close, 5))", "close < 0"))
    code, found = told(capsys, str(spec), "--days", "1")
    assert code == ExitCode.PROOF_FAILED
    assert found["errors"][0]["what"] == "too quiet: 0 entries were filled in 23 hours, of 20 at least"


def test_research_without_discipline_is_not_rehearsed(tmp_path: Path, capsys: Capsys) -> None:
    code, found = told(capsys, str(quick(tmp_path, more="discipline: off\n")))
    assert code == ExitCode.REFUSED
    assert "`discipline: off` is for research" in found["errors"][0]["what"]


def test_a_venue_that_nobody_here_speaks_as_is_refused_with_its_line(tmp_path: Path, capsys: Capsys) -> None:
    spec = quick(tmp_path)
    spec.write_text(spec.read_text().replace("venue: binance", "venue: kraken"))
    code, found = told(capsys, str(spec))
    (problem,) = found["errors"]
    assert (code, problem["line"]) == (ExitCode.INVALID, 3)
    assert problem["what"] == "kraken cannot be rehearsed: the venue on this machine takes orders as binance"


@pytest.mark.long
def test_a_rehearsal_holds_and_the_same_seed_gives_the_same_certificate(tmp_path: Path, capsys: Capsys) -> None:
    spec = quick(tmp_path)
    code, first = told(capsys, str(spec), "--days", "1")
    assert code == ExitCode.OK
    assert first["holds"] and first["entries"] >= 20 and first["trades"] >= 19
    assert json.loads(Path(first.pop("file")).read_text()) == first
    again, second = told(capsys, str(spec), "--days", "1")
    assert (again, second.pop("file") is not None, second) == (ExitCode.OK, True, first)
