"""`cryptoflow explain SPEC risk`: every limit with its source and what it beat, in any tier a run may come to."""

import json
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.errors import ExitCode
from cryptoflow.spec.shipped import configs as configs_that_ship
from tests.cli.projects import SPEC, data, rows, small

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


def test_what_a_tier_caps_is_told_with_its_place_also_where_two_rules_share_it(capsys: Capsys) -> None:
    low = explained(capsys)
    position, correlation = (limit(low, f"{rule}.limit")[1] for rule in ("position", "correlation"))
    assert position == correlation
    assert "1-sniper.yaml:" in correlation


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


def test_a_tier_that_the_project_has_tightened_is_the_one_that_is_told(tmp_path: Path, capsys: Capsys) -> None:
    (tmp_path / "configs" / "tiers").mkdir()
    ships = (configs_that_ship() / "tiers" / "2-hunter.yaml").read_text()
    mine = ships.replace("order: 500 USDT", "order: 60 USDT").replace("setup:", "protection: {each: 24h}\nsetup:")
    (tmp_path / "configs" / "tiers" / "2-hunter.yaml").write_text(mine)
    found = explained(capsys, "--tier", "2")
    assert found["amounts"]["order.limit"] == 60.0
    assert found["phases"][0]["each"] == "24h each"  # type: ignore[index]


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


SEVERAL = """\
cryptoflow: 1
name: small
market: {venue: binance, symbols: [BTC/USDT, ETH/USDT, SOL/USDT], timeframe: 1h}
period: 2024-01-03..2024-01-20
capital: 8000 USDT
sources: {history: {use: csv, path: "../data/{symbol}.csv"}}
strategies: [{id: cross, file: strategies/cross.yaml}]
risk: {rules: [{use: correlation, least: 15}]}
"""


def mirrored(line: str) -> str:
    """A row of prices that fall where those of the row rise."""
    at, opened, high, low, close, volume = line.split(",")
    return ",".join((at, *(f"{4e9 / float(price):.2f}" for price in (opened, low, high, close)), volume))


@pytest.fixture
def several(tmp_path: Path) -> Path:
    """Three symbols: two that move as one, and one that does the opposite."""
    head, *lines = rows()
    for symbol, told in (("ETH", lines), ("SOL", [mirrored(line) for line in lines])):
        data(tmp_path).with_name(f"{symbol}USDT.csv").write_text("\n".join((head, *told)) + "\n")
    Path("small.yaml").write_text(SEVERAL)
    return data(tmp_path)


def test_symbols_that_move_alike_are_named_with_what_that_leads_to(several: Path, capsys: Capsys) -> None:
    found = explained(capsys)["alike"]
    assert found["pairs"] == [
        {"one": "BTC/USDT", "other": "ETH/USDT", "correlation": pytest.approx(1.0), "shares": True}
    ]
    assert (found["day"], found["days"], found["unknown"]) == ("2024-01-21", 30, 0)
    assert run(["explain", "small.yaml", "risk"]) == 0
    assert "BTC/USDT ETH/USDT  1.000  share one position limit" in capsys.readouterr().out
    assert run(["explain", "small.yaml", "risk", "--set", "risk.preset=strict"]) == 0
    assert "BTC/USDT ETH/USDT  1.000  the second is refused" in capsys.readouterr().out
    assert explained(capsys, "--tier", "1")["alike"] is None, "its tier trades one symbol"


def test_days_that_are_too_few_are_no_answer(several: Path, capsys: Capsys) -> None:
    assert explained(capsys, "--set", "period=2024-01-03..2024-01-14")["alike"]["unknown"] == 3


def test_why_nothing_is_known_of_symbols_is_said(several: Path, capsys: Capsys) -> None:
    several.unlink()
    assert "BTCUSDT.csv" in str(explained(capsys)["alike"]["why"])
    assert explained(capsys, "--set", "sources.history={use: ccxt}")["alike"]["why"] == (
        "the store has no bars of BTC/USDT 1h of binance, nor shorter ones to make them of"
    )
    away = explained(
        capsys,
        "--set",
        "sources.history={use: yahoo}",
        "--set",
        "market={symbols: [AAPL, MSFT], venue: nyse, timeframe: 1d}",
    )
    assert away["alike"]["why"] == "the source yahoo may have to ask elsewhere for prices"


def test_with_discipline_off_it_says_first_that_none_of_it_holds(capsys: Capsys) -> None:
    assert run(["explain", "risk", "small.yaml", "--set", "discipline=off"]) == 0
    assert capsys.readouterr().out.startswith("discipline is off: none of this holds")
    assert explained(capsys)["discipline"] == "on"
    assert run(["explain", "risk", "small.yaml"]) == 0
    assert "is off" not in capsys.readouterr().out


def test_warnings_are_told_apart_from_trips_in_money(capsys: Capsys) -> None:
    assert list(explained(capsys)["warned"].values()) == [16.0, 120.0, 24.0]
    assert run(["explain", "risk", "small.yaml"]) == 0
    said = capsys.readouterr().out
    trips, _, warned = said.partition("a warning comes first, at 80% of the day's limit")
    assert "30.00" in trips.partition("the kill switch trips, in USDT\n")[2]
    assert "16.00" in warned


def test_a_spec_that_is_not_there_is_missed_by_its_own_name_after_the_key_too(capsys: Capsys) -> None:
    assert run(["explain", "risk", "smal.yaml"]) == ExitCode.INVALID
    assert capsys.readouterr().err == "there is no file smal.yaml\nhint: did you mean `small.yaml`?\n"


@pytest.mark.parametrize("written", ["5 EUR", "2% or 5 EUR"])
def test_an_amount_in_another_currency_is_a_mistake_with_its_line(written: str, capsys: Capsys) -> None:
    Path("small.yaml").write_text(SPEC + f"risk: {{rules: [{{use: daily_loss, limit: {written}}}]}}\n")
    assert run(["validate", "small.yaml"]) == ExitCode.INVALID
    assert f"small.yaml:9:41: limit is {written}, but the capital is 1000 USDT" in capsys.readouterr().err


def test_two_steps_back_after_the_kill_switch_are_too_few(capsys: Capsys) -> None:
    Path("small.yaml").write_text(SPEC + "risk: {resume: {steps: [75%, 25%], each: 1d}}\n")
    for command in (["validate", "small.yaml"], ["explain", "risk", "small.yaml"]):
        assert run(command) == ExitCode.INVALID
        assert "small.yaml:9:17: steps has 2 items, but needs at least 3" in capsys.readouterr().err
