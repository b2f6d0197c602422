import json
import shutil
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.pipelines.resolve import resolve
from tests.cli.projects import SPEC, small

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "configs").glob("*.yaml"))
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def configs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    small(tmp_path)
    monkeypatch.chdir(tmp_path / "configs")
    return tmp_path / "configs"


def told(capsys: Capsys, *arguments: str) -> str:
    capsys.readouterr()
    assert run(["explain", "small.yaml", *arguments]) == 0
    return capsys.readouterr().out


def values(capsys: Capsys, *arguments: str) -> dict[str, dict[str, object]]:
    return {value["key"]: value for value in json.loads(told(capsys, *arguments, "--json"))}


def test_a_value_comes_with_all_it_beat_the_lowest_precedence_first(configs: Path, capsys: Capsys) -> None:
    (configs / "far.yaml").write_text("sizing: {share: 1%}\n")
    (configs / "near.yaml").write_text("extends: far.yaml\nsizing: {share: 2%}\n")
    (configs / "small.paper.yaml").write_text("sizing: {share: 5%}\n")
    (configs / "small.yaml").write_text(SPEC + "extends: [near.yaml]\n")
    assert told(capsys, "sizing.share", "--env", "paper", "--set", "sizing.share=6%") == (
        "sizing.share  6%\n"
        "share of equity\n"
        "\n"
        "  default                10%\n"
        "  far.yaml:1:17          1%\n"
        "  near.yaml:2:17         2%\n"
        "  small.yaml:8:32        4%\n"
        "  small.paper.yaml:1:17  5%\n"
        "  --set sizing.share=6%  6%  < holds\n"
    )


def test_a_tier_caps_what_the_spec_says_and_points_at_its_line(configs: Path, capsys: Capsys) -> None:
    (configs / "small.yaml").write_text(SPEC + "risk: {rules: [{use: position, limit: 8%}]}\n")
    value = values(capsys, "risk.rules.position.limit")["risk.rules.position.limit"]
    assert value["value"] == "5%"
    assert str(value["source"]).startswith("tier 1 (sniper), ")
    assert str(value["source"]).endswith("tiers/1-sniper.yaml:7:78")
    assert [offer["value"] for offer in value["beat"]] == ["8%", "100%"]  # type: ignore[attr-defined]


def test_every_value_in_force_is_listed_with_its_source(configs: Path, capsys: Capsys) -> None:
    found = values(capsys)
    assert found["sizing.share"]["source"] == "small.yaml:8:32"
    assert found["risk.after_kill"]["source"] == "default"
    assert found["strategies.cross.with.slow"]["source"] == "strategies/cross.yaml:3:26"
    assert found["strategies.cross.stop_loss"]["value"] == "5%"
    assert found["strategies.cross.allocation"]["value"] == "100%"
    text = told(capsys)
    assert all(key in text for key in found)


@pytest.mark.parametrize("key", ["strategies.cross.with.slow", "strategies.0.with.slow"])
def test_items_of_lists_go_by_name_or_position(key: str, configs: Path, capsys: Capsys) -> None:
    (configs / "small.yaml").write_text(SPEC.replace("cross.yaml}", "cross.yaml, with: {slow: 9}}"))
    value = values(capsys, key)["strategies.cross.with.slow"]
    assert (value["value"], value["about"]) == (9, "parameter of cross, 3..50")
    assert value["beat"] == [{"value": 8, "source": "strategies/cross.yaml:3:26"}]


def test_a_replaced_list_is_one_value_that_beat_another(configs: Path, capsys: Capsys) -> None:
    (configs / "base.yaml").write_text("market: {symbols: [ETH/USDT]}\n")
    (configs / "small.yaml").write_text(SPEC + "extends: base.yaml\n")
    value = values(capsys, "market.symbols")["market.symbols"]
    assert value["beat"] == [{"value": ["ETH/USDT"], "source": "base.yaml:1:19"}]


def test_an_unknown_key_gets_the_nearest(configs: Path, capsys: Capsys) -> None:
    assert run(["explain", "small.yaml", "sizing.shar"]) == 2
    assert "did you mean `sizing.share`?" in capsys.readouterr().err
    assert run(["explain", "small.yaml", "position"]) == 2
    assert "did you mean `risk.rules.position`?" in capsys.readouterr().err


SECRET = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--resolved"], ["notify.0.url"], ["notify"]])
def test_a_secret_is_never_shown_wherever_it_came_from(
    arguments: list[str], configs: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", f"https://example.com/{SECRET}")
    (configs / "base.yaml").write_text("notify: [{use: webhook, url: x, token: hunter2}]\n")
    hook = 'notify: [{use: webhook, url: "${env:HOOK}", secret: "${secret:hook}"}]\n'
    (configs / "small.yaml").write_text(SPEC + hook + "extends: base.yaml\n")
    text = told(capsys, *arguments)
    assert SECRET not in text
    assert "hunter2" not in text


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--resolved"]])
def test_what_the_environment_says_stays_there_and_is_shown_as_a_reference(
    arguments: list[str], configs: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"HOOK": "https://hooks.example.com/mine", "SEED": "90210", "LIMIT": "3.21%", "NAME": "cross", "SLOW": "17"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    (configs / "small.yaml").write_text(
        SPEC.replace("cross.yaml}", '${env:NAME}.yaml", with: {slow: 9}}').replace("file: strat", 'file: "strat')
        + "seed: ${env:SEED}\nnotify:\n- use: webhook\n  url: ${env:HOOK}\n"
        + 'risk: {rules: [{use: position, limit: "${env:LIMIT}"}]}\n'
    )
    text = told(capsys, *arguments, "--set", "strategies.cross.with.slow=${env:SLOW}")
    assert not [name for name in ("HOOK", "SEED", "LIMIT") if given[name] in text]
    assert all(f"${{env:{name}}}" in text for name in given)
    if arguments == ["--resolved"]:
        (configs / "again.yaml").write_text(text)
        first = resolve(configs / "small.yaml", sets=["strategies.cross.with.slow=${env:SLOW}"])
        assert resolve(configs / "again.yaml").spec() == first.spec()
        monkeypatch.setenv("SEED", "8")
        assert resolve(configs / "again.yaml").pipeline.seed == 8


@pytest.mark.parametrize("spec", SHIPPED, ids=lambda spec: spec.stem)
@pytest.mark.parametrize("options", [[], ["--env", "cautious"]], ids=["plain", "cautious"])
def test_what_resolved_prints_loads_again_to_the_same_spec(
    spec: Path, options: list[str], tmp_path: Path, capsys: Capsys
) -> None:
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    here = tmp_path / "configs" / spec.name
    assert run(["explain", str(here), "--resolved", *options]) == 0
    again = here.with_name("again.yaml")
    again.write_text(capsys.readouterr().out)
    env = options[1] if options else None
    assert resolve(again).spec() == resolve(here, env=env).spec()
    assert resolve(again).spec_hash == resolve(here, env=env).spec_hash


def test_size_is_the_way_from_wish_to_lots(configs: Path, capsys: Capsys) -> None:
    """4% of 1000 is wanted; the tier's limit for a position, 5%, leaves that as it is, one of 3% does not."""
    (fall,) = json.loads(told(capsys, "size", "--json"))
    assert (fall["wanted"], fall["bound_by"], fall["refused"]) == (40.0, None, None)
    assert 40.0 - 0.00001 * fall["price"] < fall["notional"] <= 40.0
    assert fall["stop"] == pytest.approx(fall["price"] * 0.95, abs=0.02)
    text = told(capsys, "size", "--set", "risk.rules=[{use: position, limit: 3%}]")
    assert "wanted 40.00 → allocation 1,000.00 → position 30.00 → lots 29." in text
    assert "(bound by position, --set risk.rules=[{use: position, limit: 3%}])" in text


def test_size_says_what_it_assumed_where_there_are_no_bars(configs: Path, capsys: Capsys) -> None:
    (configs.parent / "data" / "BTCUSDT.csv").unlink()
    (configs / "strategies" / "cross.yaml").write_text(
        "cryptoflow: 1\nstrategy: cross\nenter_long: close > open\nstop_loss: 3 * atr(14)\n"
    )
    (fall,) = json.loads(told(capsys, "size", "--json"))
    assert (fall["price"], fall["stop"]) == (100.0, 98.0)
    assert "2 average true ranges" in " ".join(fall["told"])


def test_size_tells_of_a_stop_that_policy_attached(configs: Path, capsys: Capsys) -> None:
    (configs / "strategies" / "cross.yaml").write_text("cryptoflow: 1\nstrategy: cross\nenter_long: close > open\n")
    (fall,) = json.loads(told(capsys, "size", "--json"))
    assert fall["stop"] == pytest.approx(fall["price"] * 0.98, abs=0.02)
    assert "the stop that risk.stop_loss.missing attaches, 2% away" in fall["told"]


def test_an_entry_too_small_to_send_is_told_as_refused(configs: Path, capsys: Capsys) -> None:
    (fall,) = json.loads(told(capsys, "size", "--json", "--set", "sizing.share=0.5%"))
    assert fall["refused"] == "rule"
    assert fall["bound_by"] == "filters"


def test_a_run_orders_as_much_as_explain_says(configs: Path, capsys: Capsys) -> None:
    """The waterfall and the engine agree on what binds an entry."""
    (fall,) = json.loads(told(capsys, "size", "--json", "--set", "sizing.share=30%"))
    assert fall["bound_by"] == "position"
    assert run(["backtest", "small.yaml", "--json", "--set", "sizing.share=30%"]) == 0
    ran = json.loads(capsys.readouterr().out)
    assert ran["guards"]["reduced"] > 0


def test_size_says_that_there_is_none_where_the_sizer_cannot_say_one(configs: Path, capsys: Capsys) -> None:
    (fall,) = json.loads(told(capsys, "size", "--json", "--set", "sizing={use: volatility_target, bars: 90}"))
    assert fall["refused"] == "no_size"
    assert fall["stages"] == []


def test_sources_say_where_each_series_comes_from_then_and_now(configs: Path, capsys: Capsys) -> None:
    lines = told(capsys, "sources", "--set", "market.detail=5m").splitlines()
    assert lines[-4] == ""
    assert [line.split("  ", 1)[0] for line in lines[-3:]] == ["series", "BTC/USDT 1h", "BTC/USDT 5m"]
    series = json.loads(told(capsys, "sources", "--json"))["series"]
    assert series == [
        {
            "series": "BTC/USDT 1h",
            "backtest": "csv ../data/{symbol}.csv",
            "live": "stream of binance, after its past bars: stored ones, and what they lack by REST",
        }
    ]
    made_up = ("sources", "--json", "--set", "sources.live={use: synthetic}")
    assert json.loads(told(capsys, *made_up))["series"][0]["live"] == "refused: synthetic listens to no market"
