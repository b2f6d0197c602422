"""`cryptoflow explain SPEC risk`: every limit with its source and what it beat, in any tier a run may come to."""

import json
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.errors import ExitCode
from tests.cli.projects import SPEC, small

Capsys = pytest.CaptureFixture[str]
RISK = "risk: {rules: [{use: position, limit: 8%}, {use: daily_loss, limit: 2%}]}\n"


@pytest.fixture(autouse=True)
def configs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(tmp_path)
    monkeypatch.chdir(tmp_path / "configs")
    Path("small.yaml").write_text(SPEC + RISK)


def explained(capsys: Capsys, *arguments: str) -> dict[str, dict[str, object]]:
    capsys.readouterr()
    assert run(["explain", "small.yaml", "risk", *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    return {**found, "values": {value["key"]: value for value in found["values"]}}


def limit(found: dict[str, dict[str, object]], name: str) -> tuple[object, str]:
    value = found["values"][f"risk.rules.{name}"]
    return value["value"], str(value["source"])  # type: ignore[index]


def test_the_strictest_of_spec_preset_and_tier_holds_and_says_what_it_beat(capsys: Capsys) -> None:
    low, high = explained(capsys), explained(capsys, "--tier", "2")
    assert limit(low, "position.limit")[0] == "5%"
    assert "tier 1 (sniper)" in limit(low, "position.limit")[1]
    assert limit(high, "position.limit") == ("8%", "small.yaml:9:39")
    beat = high["values"]["risk.rules.position.limit"]["beat"]  # type: ignore[index]
    assert [offer["value"] for offer in beat] == ["10%", "100%"]
    strict = explained(capsys, "--tier", "2", "--set", "risk.preset=strict")
    assert limit(strict, "position.limit") == ("2%", "preset strict")
    assert low["presets"]["strict"] == {
        "risk.rules.position.limit": "2%",
        "risk.rules.position.risk": "0.5%",
        "risk.rules.correlation.limit": "2%",
        "risk.rules.correlation.refuse": True,
    }


def test_limits_are_told_in_money_with_what_trips_the_kill_switch(capsys: Capsys) -> None:
    low, high = explained(capsys), explained(capsys, "--tier", "2")
    assert (low["equity"], high["equity"]) == (1000.0, 2000.0)
    assert low["amounts"]["daily_loss.limit"] == 20.0
    assert high["amounts"]["position.limit"] == 160.0
    assert low["trips"] == {
        "loss of a day": 30.0,
        "fall from the peak": 150.0,
        "3 losing trades in a row that cost": 30.0,
    }


def test_a_phase_makes_entries_smaller_and_only_a_tier_one_comes_up_to_has_one_of_protection(capsys: Capsys) -> None:
    low, high = ({each["when"] for each in explained(capsys, "--tier", tier)["phases"]} for tier in ("1", "2"))  # type: ignore[index]
    assert low == {
        "after the kill switch",
        "from 50% of the day's limit on",
        "restricted for tilt",
        "after a lock-out for tilt",
    }
    assert high - low == {"after a promotion to this tier"}


def test_the_words_may_stand_in_either_order_and_the_text_has_every_limit(capsys: Capsys) -> None:
    found = explained(capsys)
    texts = []
    for words in (["small.yaml", "risk"], ["risk", "small.yaml"]):
        assert run(["explain", *words]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    assert all(key in texts[0] for key in found["values"])
    assert "small in tier 1 (sniper), where it begins" in texts[0]
    assert "loss of a day                       30.00" in texts[0]


def test_a_tier_above_the_specs_own_is_refused(capsys: Capsys) -> None:
    assert run(["explain", "small.yaml", "risk", "--set", "tier=2", "--tier", "3"]) == ExitCode.USAGE
    assert "it may be in tier 1, 2" in capsys.readouterr().err
