import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptoflow.cli.app import run
from cryptoflow.pipelines.review.diff import diff
from cryptoflow.pipelines.review.directions import Tag
from cryptoflow.spec.writing import to_yaml
from tests.cli.projects import SPEC, STRATEGY, small

ROOT = Path(__file__).parents[2]
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project in a git repository, all of it committed."""
    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    git("init", "--quiet")
    git("config", "user.name", "n")
    git("config", "user.email", "n@localhost")
    git("add", ".")
    git("commit", "--quiet", "--message", "first")
    return tmp_path / "configs"


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def changed(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def lines(capsys: Capsys, *sides: str) -> dict[str, tuple[Any, Any, str, str]]:
    """Every change by the name of its file and its key."""
    capsys.readouterr()
    assert run(["diff", *sides, "--json"]) == 0
    return {
        f"{file['name']} {change['key']}": (change["before"], change["after"], change["tag"], change["why"])
        for file in json.loads(capsys.readouterr().out)["files"]
        for change in file["changes"]
    }


def judged(folder: Path, text: str, capsys: Capsys, strategy: str = STRATEGY) -> dict[str, str]:
    """The tags of all changes between the small spec and another, by key."""
    other = folder / "other.yaml"
    other.write_text(text)
    (folder / "strategies" / "other.yaml").write_text(strategy)
    changes = lines(capsys, str(folder / "small.yaml"), str(other))
    return {key.partition(" ")[2]: tag for key, (_, _, tag, _) in changes.items()}


def test_a_change_is_one_line_that_says_what_it_means(project: Path, capsys: Capsys) -> None:
    changed(project / "small.yaml", "share: 4%", "share: 8%")
    changed(project / "small.yaml", "warmup: 20", "warmup: 30")
    assert run(["diff", "HEAD:configs/small.yaml", "configs/small.yaml"]) == 0
    assert capsys.readouterr().out == (
        "small.yaml\n"
        "  warmup        20 → 30  NEUTRAL\n"
        "  sizing.share  4% → 8%  RISK UP    an entry is twice as large\n"
        "\n"
        "1 RISK UP, 1 NEUTRAL\n"
    )


def test_a_comment_is_a_table_in_markdown(project: Path, capsys: Capsys) -> None:
    changed(project / "strategies" / "cross.yaml", "5%", "2 * atr(14)")
    assert run(["diff", "HEAD:configs", "configs", "--markdown"]) == 0
    assert capsys.readouterr().out == (
        "#### `small.yaml` (pipeline changed)\n"
        "\n"
        "| value | before | after | risk | what it means |\n"
        "|---|---|---|---|---|\n"
        "| `strategies.cross.stop_loss` | `5%` | `2 * atr(14)` | NEUTRAL | logic changed |\n"
        "\n"
        "1 NEUTRAL\n"
    )


@pytest.mark.parametrize(
    ("before", "after", "key", "tag"),
    [
        ("share: 4%", "share: 5%", "sizing.share", "RISK UP"),
        ("share: 4%", "share: 3%", "sizing.share", "RISK DOWN"),
        ("{use: fraction, share: 4%}", "{use: all_in}", "sizing", "RISK UP"),
        ("{use: fraction, share: 4%}", "{use: fixed, amount: 20 USDT}", "sizing", "RISK DOWN"),
        ("{use: fraction, share: 4%}", "{use: kelly, first: 9%}", "sizing", "RISK UP"),
        ("{use: fraction, share: 4%}", "{use: volatility_target}", "sizing", "NEUTRAL"),
        ("[BTC/USDT]", "[BTC/USDT, ETH/USDT]", "market.symbols", "RISK UP"),
        ("[BTC/USDT]", "[ETH/USDT]", "market.symbols", "NEUTRAL"),
        ("timeframe: 1h", "timeframe: 4h", "market.timeframe", "NEUTRAL"),
        ("timeframe: 1h", "timeframe: 1h, filters: none", "market.filters", "RISK UP"),
        ("warmup: 20", "discipline: off", "discipline", "RISK UP"),
        ("warmup: 20", "tier: 1", "tier", "RISK DOWN"),
        ("warmup: 20", "execution: {costs: none}", "execution.costs", "RISK UP"),
        ("warmup: 20", "execution: {latency: 2s}", "execution.latency", "RISK DOWN"),
        (
            "warmup: 20",
            "execution: {costs: {fees: {maker: 0%, taker: 0.05%}}}",
            "execution.costs.fees",
            "RISK UP",
        ),
        (
            "warmup: 20",
            "execution: {costs: {slippage: {use: spread_impact, impact: 50 bps}}}",
            "execution.costs.slippage.impact",
            "RISK DOWN",
        ),
        ("warmup: 20", "execution: {naked_limit: 20s}", "execution.naked_limit", "RISK UP"),
        ("warmup: 20", "risk: {preset: aggressive}", "risk.rules.position.risk", "RISK UP"),
        ("warmup: 20", "risk: {preset: strict}", "risk.rules.position.limit", "RISK DOWN"),
        ("warmup: 20", "risk: {stop_loss: {missing: attach 4%}}", "risk.stop_loss.missing", "RISK UP"),
        ("warmup: 20", "risk: {stop_loss: {missing: reject}}", "risk.stop_loss.missing", "RISK DOWN"),
        ("warmup: 20", "risk: {stop_loss: {max_distance: 8%}}", "risk.rules.stop.max_distance", "RISK DOWN"),
        ("warmup: 20", "risk: {after_kill: 12h}", "risk.after_kill", "RISK UP"),
        ("warmup: 20", "risk: {after_kill: stop}", "risk.after_kill", "RISK DOWN"),
        (
            "warmup: 20",
            "risk: {rules: [{use: daily_loss, limit: 10 USDT}]}",
            "risk.rules.daily_loss.limit",
            "RISK DOWN",
        ),
        ("warmup: 20", "capital: 3000 USDT", "risk.rules.count.positions", "RISK UP"),
        ("cross.yaml}", "cross.yaml, allocation: 40%}", "strategies.cross.allocation", "RISK DOWN"),
        ("cross.yaml}", "cross.yaml, rest_in: [panic]}", "strategies.cross.rest_in", "RISK DOWN"),
        ("cross.yaml}]", "cross.yaml}, {id: b, file: strategies/cross.yaml}]", "strategies.b", "RISK UP"),
        ("warmup: 20", "execution: {costs: {slippage: {use: none}}}", "execution.costs.slippage", "RISK UP"),
        (
            "warmup: 20",
            "execution: {costs: {slippage: {use: fixed_bps, bps: 9 bps}}}",
            "execution.costs.slippage",
            "RISK DOWN",
        ),
        (
            "warmup: 20",
            "risk: {rules: [{use: filters, minimum: 16 USDT}]}",
            "risk.rules.filters.minimum",
            "RISK DOWN",
        ),
        ("warmup: 20", "risk: {warn_at: 60%}", "risk.warn_at", "RISK DOWN"),
        ("warmup: 20", "risk: {resume: {steps: [25%, 50%, 60%]}}", "risk.resume.steps", "RISK DOWN"),
        ("warmup: 20", "risk: {tilt: {locked: {at: 5}}}", "risk.tilt.locked.at", "RISK DOWN"),
        ("warmup: 20", "risk: {rules: [{use: streak, pause: 4h}]}", "risk.rules.streak.pause", "RISK DOWN"),
        (
            "warmup: 20",
            "risk: {rules: [{use: correlation, refuse: true}]}",
            "risk.rules.correlation.refuse",
            "RISK DOWN",
        ),
        ("warmup: 20", "seed: 7", "seed", "NEUTRAL"),
        ("warmup: 20", "notify: [{use: webhook, url: x}]", "notify", "NEUTRAL"),
    ],
)
def test_what_a_value_does_to_risk(before: str, after: str, key: str, tag: str, project: Path, capsys: Capsys) -> None:
    assert before in SPEC
    assert judged(project, SPEC.replace(before, after), capsys)[key] == tag


@pytest.mark.parametrize(
    ("line", "key", "tag"),
    [
        ("stop_loss: 10%", "stop_loss", "RISK UP"),
        ("stop_loss: 2%", "stop_loss", "RISK DOWN"),
        ("stop_loss: 2 * atr(14)", "stop_loss", "NEUTRAL"),
        ("max_bars: 9", "stop_loss", "RISK UP"),
        ("stop_loss: 5%\ntrailing_stop: 3%", "trailing_stop", "RISK DOWN"),
        ("stop_loss: 5%\ntake_profit: 9%", "take_profit", "NEUTRAL"),
        ("stop_loss: 5%\ncooldown: 4h", "cooldown", "RISK DOWN"),
        ("stop_loss: 5%\nscore: volume", "score", "NEUTRAL"),
        ("stop_at: 1", "stop_at", "NEUTRAL"),
        ("stop_at: 1", "stop_loss", "NEUTRAL"),
        ("stop_loss: 5%\nmax_bars: 9", "max_bars", "RISK DOWN"),
    ],
)
def test_what_a_strategy_does_to_risk(line: str, key: str, tag: str, project: Path, capsys: Capsys) -> None:
    strategy = STRATEGY.replace("stop_loss: 5%", line)
    found = judged(project, SPEC.replace("cross.yaml", "other.yaml"), capsys, strategy)
    assert found[f"strategies.cross.{key}"] == tag


def test_a_parameter_that_moves_the_stop_is_told_as_such(project: Path, capsys: Capsys) -> None:
    cross = project / "strategies" / "cross.yaml"
    changed(cross, "range: 3..50}", "range: 3..50}, wide: {default: 2}")
    changed(cross, "stop_loss: 5%", "stop_loss: wide * atr(14)")
    git("commit", "--quiet", "--all", "--message", "second")
    changed(project / "small.yaml", "cross.yaml}", "cross.yaml, with: {wide: 3, slow: 9}}")
    found = lines(capsys, "HEAD:configs", "configs")
    assert found["small.yaml strategies.cross.with.wide"] == (2, 3, "RISK UP", "the stop is 1.5 times as far away")
    assert found["small.yaml strategies.cross.with.slow"][2] == "NEUTRAL"


def test_a_strategy_s_own_size_is_compared_as_a_number(project: Path, capsys: Capsys) -> None:
    cross = project / "strategies" / "cross.yaml"
    changed(cross, "stop_loss: 5%", "stop_loss: 5%\nsize: 0.1\nadd_when: close > open\nmax_adds: 1")
    git("commit", "--quiet", "--all", "--message", "second")
    changed(cross, "size: 0.1", "size: 1.0")
    changed(cross, "max_adds: 1", "max_adds: 9")
    found = lines(capsys, "HEAD:configs", "configs")
    assert found["small.yaml strategies.cross.size"][2:] == ("RISK UP", "an entry is 10 times as large")
    assert found["small.yaml strategies.cross.max_adds"][2:] == ("RISK UP", "it adds to a position 9 times as often")


def test_what_nobody_can_tag_says_why(project: Path, capsys: Capsys) -> None:
    (project / "plugins").mkdir()
    (project / "plugins" / "mine.py").write_text("x = 1\n")
    changed(project / "small.yaml", "warmup: 20", "warmup: 20\nplugins: [mine.py]")
    changed(project / "strategies" / "cross.yaml", "exit_long: crosses_below(sma(close, 3), sma(close, slow))\n", "")
    found = lines(capsys, "HEAD:configs", "configs")
    assert found["small.yaml plugins"][2:] == ("NEUTRAL", "mine.py added: code to read by itself")
    assert found["small.yaml strategies.cross.exit_long"][2:] == (
        "NEUTRAL",
        "one exit less: positions may stay longer",
    )


def test_a_value_of_the_environment_is_judged_by_what_it_is_and_shown_as_written(
    project: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PART", "7%")
    monkeypatch.setenv("HOOK", "https://example.com/mine")
    hook = 'notify: [{use: webhook, url: "${env:HOOK}"}]\n'
    (project / "small.yaml").write_text(SPEC.replace("share: 4%", 'share: "${env:PART}"') + hook)
    found = lines(capsys, "HEAD:configs", "configs")
    assert found["small.yaml sizing.share"] == ("4%", "${env:PART}", "RISK UP", "an entry is 1.75 times as large")
    assert "${env:HOOK}" in str(found)
    assert "example.com" not in str(found)
    git("commit", "--quiet", "--all", "--message", "second")
    changed(project / "small.yaml", '"${env:PART}"', "7%")
    found = lines(capsys, "HEAD:configs", "configs")
    assert found["small.yaml sizing.share"][1:3] == ("7%", "NEUTRAL")


def test_a_looser_limit_that_a_tier_overrules_is_still_told(project: Path, capsys: Capsys) -> None:
    rules = "risk: {rules: [{use: position, limit: 6%}]}"
    (project / "small.yaml").write_text(SPEC + rules)
    (project / "other.yaml").write_text(SPEC + rules.replace("6%", "9%"))
    ((before, after, tag, why),) = lines(capsys, "configs/small.yaml", "configs/other.yaml").values()
    assert (before, after, tag) == ("6%", "9%", "RISK UP")
    assert why.startswith("a position may be 1.5 times as large; without effect while 5% holds (tier 1 (sniper)")


def test_a_change_is_told_under_every_pipeline_it_reaches(project: Path, capsys: Capsys) -> None:
    (project / "base.yaml").write_text("account: one\n")
    (project / "small.yaml").write_text(SPEC + "extends: base.yaml\n")
    (project / "second.yaml").write_text(SPEC + "extends: base.yaml\n")
    (project / "third.yaml").write_text(SPEC)
    (project / "env").mkdir()
    (project / "env" / "calm.yaml").write_text("sizing: {share: 2%}\n")
    (project / "tiers").mkdir()
    tier = (ROOT / "configs" / "tiers" / "1-sniper.yaml").read_text()
    (project / "tiers" / "1-sniper.yaml").write_text(tier)
    git("add", ".")
    git("commit", "--quiet", "--message", "second")

    changed(project / "base.yaml", "one", "two")
    assert {*lines(capsys, "HEAD:configs", "configs")} == {"small.yaml account", "second.yaml account"}
    git("checkout", "--quiet", ".")

    changed(project / "strategies" / "cross.yaml", "5%", "6%")
    key = "strategies.cross.stop_loss"
    assert {*lines(capsys, "HEAD:configs", "configs")} == {
        f"{name}.yaml {key}" for name in ("small", "second", "third")
    }
    git("checkout", "--quiet", ".")

    changed(project / "tiers" / "1-sniper.yaml", "daily_loss: 25", "daily_loss: 40")
    found = lines(capsys, "HEAD:configs", "configs")
    assert found.pop("tiers/1-sniper.yaml limits.daily_loss")[2] == "RISK UP"
    key = "risk.rules.daily_loss.limit"
    assert {*found} == {f"{name}.yaml {key}" for name in ("small", "second", "third")}
    git("checkout", "--quiet", ".")

    changed(project / "env" / "calm.yaml", "2%", "1%")
    names = ("second", "small", "third")
    assert {*lines(capsys, "HEAD:configs", "configs")} == {f"{name}.yaml --env calm sizing.share" for name in names}


@pytest.mark.parametrize(
    ("before", "after", "key", "tag", "why"),
    [
        ("min: 24", "min: 48", "promotion.paper_hours.min", "RISK DOWN", "the promotion is stricter"),
        ("[lookahead, warmup]", "[lookahead]", "promotion.evidence.of", "RISK UP", "the promotion is looser"),
        ("above: 15%", "above: 20%", "demotion.day_loss.above", "RISK UP", "the demotion is looser"),
        ("count: 5", "count: 4", "demotion.overrides.count", "RISK DOWN", "the demotion is stricter"),
        ("80%]", "90%]", "protection.phases", "RISK UP", "size comes back faster after a promotion"),
        ("each: 12h", "each: 1d", "protection.each", "RISK DOWN", "a phase after a promotion is twice as long"),
    ],
)
def test_what_a_tier_does_to_risk(
    before: str, after: str, key: str, tag: str, why: str, tmp_path: Path, capsys: Capsys
) -> None:
    ships = (ROOT / "configs" / "tiers" / "1-sniper.yaml").read_text()
    old, new = tmp_path / "old" / "tiers", tmp_path / "new" / "tiers"
    text = ships + "protection: {phases: [25%, 40%, 60%, 80%], each: 12h}\n"
    for folder, said in ((old, text), (new, text.replace(before, after))):
        folder.mkdir(parents=True)
        (folder / "1-sniper.yaml").write_text(said)
    assert before in text
    found = lines(capsys, str(tmp_path / "old"), str(tmp_path / "new"))
    assert found[f"tiers/1-sniper.yaml {key}"][2:] == (tag, why)


def test_specs_that_came_or_went_are_told(project: Path, capsys: Capsys) -> None:
    (project / "small.yaml").rename(project / "large.yaml")
    assert run(["diff", "HEAD:configs", "configs", "--detailed-exitcode"]) == 10
    assert capsys.readouterr().out == "large.yaml added\n\nsmall.yaml removed\n\n1 added, 1 removed\n"


def test_an_earlier_revision_is_read_with_everything_it_needs(project: Path, capsys: Capsys) -> None:
    guest = project / "plugins" / "mine.py"
    guest.parent.mkdir()
    guest.write_text(
        "from cryptoflow.plugins.kinds import Rule\nfrom cryptoflow.plugins.registry import rule\n\n\n"
        '@rule("mood")\nclass Mood(Rule):\n    """Less on some days."""\n\n    limit: int = 9\n\n'
        "    @staticmethod\n    def headroom(order, account, limit):\n        return 1.0 * limit\n"
    )
    (project / "small.yaml").write_text(SPEC + "plugins: [mine.py]\nrisk: {rules: [{use: mood, limit: 5}]}\n")
    git("add", ".")
    git("commit", "--quiet", "--message", "second")
    guest.unlink()
    (project / "strategies" / "cross.yaml").unlink()
    (project / "small.yaml").write_text(SPEC.replace("file: strategies/cross.yaml", "use: ema_cross"))
    found = lines(capsys, "HEAD:configs/small.yaml", "configs/small.yaml")
    assert found["small.yaml risk.rules.mood"] == ("limit 5", "—", "RISK UP", "one rule less")
    assert found["small.yaml strategies.cross.exit_long"][2:] == ("NEUTRAL", "logic changed")


def test_mistakes_of_a_side_are_told_with_the_revision_they_are_in(project: Path, capsys: Capsys) -> None:
    changed(project / "small.yaml", "4%", "140%")
    git("commit", "--quiet", "--all", "--message", "second")
    changed(project / "small.yaml", "140%", "4%")
    assert run(["diff", "HEAD:configs", "configs"]) == 3
    assert "HEAD:configs/small.yaml:8:32: share is 140%" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("sides", "code", "hint"),
    [
        (["HEAD~7:configs", "configs"], 3, "git knows no revision `HEAD~7`"),
        (["HEAD:small.yaml", "configs/small.yaml"], 3, "write REV:./path for one from here"),
        (["configs/none.yaml", "configs/small.yaml"], 3, "there is no file configs/none.yaml"),
        (["configs", "configs/small.yaml"], 2, "name two files, or two folders"),
        (["HEAD:/etc", "configs"], 3, "/etc is not in the repository, so no revision has it"),
        (["HEAD:configs/../../configs", "configs"], 3, "is not in the repository"),
        (["HEAD:./../configs", "configs"], 3, "is not in the repository"),
        (["a", "b", "c"], 2, "two are compared"),
        (["configs"], 2, "two are compared"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    sides: list[str], code: int, hint: str, project: Path, capsys: Capsys
) -> None:
    assert run(["diff", *sides]) == code
    assert hint in capsys.readouterr().err


def test_a_path_of_a_revision_may_start_at_the_current_folder(
    project: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(project / "small.yaml", "4%", "5%")
    monkeypatch.chdir(project)
    assert {*lines(capsys, "HEAD:./small.yaml", "small.yaml")} == {"small.yaml sizing.share"}


def test_a_strategy_and_a_tier_can_be_compared_by_themselves(project: Path, capsys: Capsys) -> None:
    (project / "strategies" / "slow.yaml").write_text(STRATEGY.replace("8", "20").replace("5%", "7%"))
    found = lines(capsys, "configs/strategies/cross.yaml", "configs/strategies/slow.yaml")
    assert {key: line[2] for key, line in found.items()} == {
        "slow.yaml with.slow": "NEUTRAL",
        "slow.yaml stop_loss": "RISK UP",
    }
    tiers = ROOT / "configs" / "tiers"
    found = lines(capsys, str(tiers / "1-sniper.yaml"), str(tiers / "2-hunter.yaml"))
    assert found["2-hunter.yaml limits.order"][2:] == ("RISK UP", "one order may be 5 times as large in this tier")
    assert found["2-hunter.yaml promotion.readiness"][2:] == ("RISK DOWN", "one condition more")


def test_git_shows_it_in_place_of_lines(project: Path) -> None:
    """Set up as docs/reviewing.md says, `git diff` calls the command with seven arguments."""
    command = f"{shlex.quote(sys.executable)} -c 'from cryptoflow.cli.main import main; main()' diff"
    git("config", "diff.cryptoflow.command", command)
    (project.parent / ".gitattributes").write_text("configs/**/*.yaml diff=cryptoflow\n")
    (project / "notes.yaml").write_text("- just a list\n")
    git("add", ".")
    git("commit", "--quiet", "--message", "second")
    changed(project / "small.yaml", "4%", "8%")
    changed(project / "strategies" / "cross.yaml", "5%", "6%")
    (project / "notes.yaml").write_text("- another list\n")
    (project / "new.yaml").write_text(SPEC)
    git("add", "--intent-to-add", "configs/new.yaml")
    shown = git("-C", "configs", "--no-pager", "diff", "--ext-diff")
    assert "configs/small.yaml:\nsmall.yaml\n  sizing.share  4% → 8%  RISK UP" in shown
    assert "configs/strategies/cross.yaml:\n" in shown
    assert "strategies.cross.stop_loss  5% → 6%  RISK UP" in shown
    assert "-- just a list\n+- another list\n" in shown
    assert "new.yaml added" in shown


def test_git_is_told_when_only_words_have_changed(project: Path, capsys: Capsys) -> None:
    before = project.parent / "before"
    before.write_text(SPEC)
    changed(project / "small.yaml", "name: small", "name: small # for a start")
    hexes = ["0" * 40, "100644"]
    assert run(["diff", "configs/small.yaml", str(before), *hexes, "configs/small.yaml", *hexes]) == 0
    assert capsys.readouterr().out == "configs/small.yaml: nothing has changed in trading terms\n"


def test_git_is_told_of_a_file_that_is_not_merged(
    project: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIFF_PATH_COUNTER", "1")
    assert run(["diff", "configs/small.yaml"]) == 0
    assert capsys.readouterr().out == "configs/small.yaml is not merged\n"


BLOCKS = st.fixed_dictionaries(
    {
        "sizing": st.sampled_from(
            [
                {"use": "fraction", "share": "4%"},
                {"use": "fraction", "share": "9%"},
                {"use": "fixed"},
                {"use": "all_in"},
                {"use": "risk_fraction", "risk": "1%"},
            ]
        )
    },
    optional={
        "seed": st.integers(0, 9),
        "capital": st.sampled_from(["700 USDT", "2500 USDT", "60000 USDT"]),
        "discipline": st.sampled_from(["on", "off"]),
        "risk": st.fixed_dictionaries(
            {},
            optional={
                "preset": st.sampled_from(["tier", "strict", "aggressive"]),
                "stop_loss": st.sampled_from([{"missing": "reject"}, {"missing": "attach 5%", "max_distance": "9%"}]),
                "after_kill": st.sampled_from(["stop", "6h", "48h"]),
                "rules": st.lists(
                    st.sampled_from(
                        [
                            {"use": "position", "limit": "3%"},
                            {"use": "daily_loss", "limit": "2% or 15 USDT"},
                            {"use": "count", "positions": 2},
                        ]
                    ),
                    unique_by=lambda rule: rule["use"],
                ),
            },
        ),
        "execution": st.sampled_from(
            [
                {"costs": "none"},
                {"costs": {"fees": {"maker": "0%", "taker": "1%"}}},
                {"costs": {"slippage": {"use": "fixed_bps"}}, "latency": "5s"},
            ]
        ),
    },
)


def written(folder: Path, blocks: dict[str, Any]) -> Path:
    spec = small(folder)
    head = SPEC.partition("sizing:")[0]
    spec.write_text(head + to_yaml(blocks))
    return spec


@given(blocks=BLOCKS)
@settings(max_examples=40, deadline=None)
def test_a_spec_does_not_differ_from_itself(blocks: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    spec = written(tmp_path_factory.mktemp("same"), blocks)
    assert run(["diff", str(spec), str(spec), "--detailed-exitcode"]) == 0
    assert diff(str(spec.parent), str(spec.parent)) == ()


@given(one=BLOCKS, other=BLOCKS)
@settings(max_examples=60, deadline=None)
def test_on_the_way_back_risk_goes_the_other_way(
    one: dict[str, Any], other: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("both")
    first, second = (str(written(folder / name, blocks)) for name, blocks in (("a", one), ("b", other)))
    opposite = {Tag.UP: Tag.DOWN, Tag.DOWN: Tag.UP, Tag.NEUTRAL: Tag.NEUTRAL}
    there, back = (
        {change.key: change.tag for entry in diff(*sides) for change in entry.changes}
        for sides in ((first, second), (second, first))
    )
    assert back == {key: opposite[tag] for key, tag in there.items()}
