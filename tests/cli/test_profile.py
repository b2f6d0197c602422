"""`cryptoflow backtest --profile`: where the time of a run goes."""

import json
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.cli.app import run
from tests.cli.projects import small


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A small project's spec, from the folder it lies in."""
    monkeypatch.chdir(tmp_path)
    return str(small(tmp_path).relative_to(tmp_path))


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run(["backtest", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_profile_names_each_indicator_with_its_settings_and_bars(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = told(capsys, spec, "--profile")["profile"]
    indicators = {part["what"]: part for part in profile["parts"] if part["part"] == "indicator"}
    assert set(indicators) == {
        "sma(close, 3)",
        "sma(close, 8)",
        "crosses_above(sma(close, 3), sma(close, 8))",
        "crosses_below(sma(close, 3), sma(close, 8))",
    }
    assert all(part["seconds"] > 0 and part["bars"] > 400 for part in indicators.values())


def test_a_profile_adds_up_to_the_time_of_the_run(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, spec, "--profile")
    parts = found["profile"]["parts"]
    assert found["profile"]["total_s"] == found["timing"]["total_s"]
    assert [part["part"] for part in parts if part["part"] != "indicator"] == (
        ["load", "start", "expressions", "decisions", "rules", "metrics", "costs", "report"]
    )
    assert all(part["seconds"] >= 0 for part in parts)
    assert sum(part["seconds"] for part in parts) == pytest.approx(found["timing"]["total_s"], rel=0.05, abs=0.05)
    assert sum(part["share"] for part in parts) == pytest.approx(1, rel=0.05)


def test_the_event_engine_is_timed_as_a_whole_and_says_so(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    profile = told(capsys, spec, "--profile", "--engine", "event")["profile"]
    assert [part["part"] for part in profile["parts"]] == ["load", "start", "decisions", "metrics", "costs", "report"]
    assert any("as a whole" in note for note in profile["notes"])


def test_the_profile_is_talk_and_results_stay_as_they_are(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["backtest", spec, "--quiet"]) == 0
    plain = capsys.readouterr()
    assert run(["backtest", spec, "--quiet", "--profile"]) == 0
    profiled = capsys.readouterr()
    assert profiled.out == plain.out
    assert "Where the time went" not in plain.err
    assert "sma(close, 8)" in profiled.err


def test_a_run_that_is_not_profiled_has_no_profile(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "profile" not in told(capsys, spec)
