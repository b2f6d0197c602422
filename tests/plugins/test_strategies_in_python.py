"""Strategies in Python as their users meet them: from the command that writes one to the mistakes they make."""

import json
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.cli.app import run
from cryptoflow.plugins.guests import admit
from tests.cli.projects import small

Capsys = pytest.CaptureFixture[str]
SPEC, FILE = "configs/small.yaml", "configs/plugins/dips.py"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys) -> Any:
    """A project whose strategy is the one that `plugins new` writes."""
    monkeypatch.chdir(tmp_path)
    text = small(tmp_path).read_text().replace("warmup: 20\n", "discipline: 'off'\nplugins: [dips.py]\n")
    Path(SPEC).write_text(text.replace("{id: cross, file: strategies/cross.yaml}", "{id: mine, use: dips}"))
    assert run(["plugins", "new", "strategy", "dips"]) == 0
    capsys.readouterr()
    yield tmp_path
    admit([])


def edit(*pairs: tuple[str, str], file: str = FILE) -> None:
    text = Path(file).read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    Path(file).write_text(text)


def line_of(text: str, file: str = FILE) -> int:
    return next(number for number, line in enumerate(Path(file).read_text().splitlines(), 1) if text in line)


def ran(capsys: Capsys, *options: str) -> dict[str, Any]:
    assert run(["backtest", SPEC, "--json", *options]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def refused(capsys: Capsys, *command: str) -> dict[str, Any]:
    """The one mistake that a command ends with."""
    assert run([*command, "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    (error,) = found["files"][0]["errors"] if "files" in found else found["errors"]
    assert error["fix"]
    return dict(error)


MISTAKES = [
    (("        gain: float,\n", ""), "decide takes mean, reach, _period, rises after signal", "def decide"),
    (
        ("gain: float,\n", "gain: float,\n        more: float,\n"),
        "but is given mean, reach, period, rises, gain",
        "def decide",
    ),
    (("rose: int = 0", "rose: int"), "rose of its State has no default", "class State"),
    (("    State = State\n", ""), "has no State", "class Dips"),
    (("signal.leave_share = 0.5", "held.lots = 0.0"), "assignment to held.lots", "held.lots = 0.0"),
    (("signal.leave_share = 0.5", "bar.close += 1.0"), "assignment to bar.close", "bar.close += 1.0"),
    (("signal.leave_share = 0.5", "signal.share = 0.5"), "signal has no field `share`", "signal.share"),
    (("ema(close, period)", "ema(close, periods)"), "nothing is called `periods`", "let = {"),
    (("ema(close, period)", "close[-1]"), "`close[-1]` looks into the future", "let = {"),
    (("ema(close, period)", "emma(close, period)"), "no function is called `emma`", "let = {"),
    (("return self.rises", "return self.raises"), "warmup raised AttributeError", "class Dips"),
    (("return State(", "State("), "decide returns nothing", "def decide"),
    (("signal.leave_share = 0.5", "return  # nothing"), "decide returns nothing", " return  # nothing"),
]


@pytest.mark.parametrize(("change", "what", "line"), MISTAKES, ids=[what for _, what, _ in MISTAKES])
def test_a_mistake_is_told_with_its_line_before_anything_runs(
    capsys: Capsys, change: tuple[str, str], what: str, line: str
) -> None:
    edit(change)
    error = refused(capsys, "validate", SPEC)
    assert what in error["what"]
    assert (error["file"], error["line"]) == (FILE, line_of(line))
    assert refused(capsys, "backtest", SPEC) == error


@pytest.mark.parametrize(
    ("setting", "what", "fix"),
    [
        ("{periods: 9}", "dips has no setting `periods`", "did you mean `period`?"),
        ("{period: many}", "period is many, but a whole number is expected", "`cryptoflow plugins show dips`"),
        ("{period: 0}", "period is 0, but must be at least 1", "`cryptoflow plugins show dips`"),
    ],
)
def test_a_setting_that_is_none_is_told_where_the_spec_gives_it(
    capsys: Capsys, setting: str, what: str, fix: str
) -> None:
    edit(("use: dips}", f"use: dips, with: {setting}}}"), file=SPEC)
    error = refused(capsys, "validate", SPEC)
    assert error["what"] == what
    assert fix in error["fix"]
    assert (error["file"], error["line"]) == (SPEC, line_of("use: dips", SPEC))


def test_a_strategy_whose_file_is_not_listed_is_told_how_to_list_it(capsys: Capsys) -> None:
    edit(("plugins: [dips.py]\n", ""), file=SPEC)
    assert "`plugins:` lists" in refused(capsys, "validate", SPEC)["fix"]


@pytest.mark.parametrize("engine", ["batch", "event"])
def test_one_that_raises_ends_the_run_with_its_line(capsys: Capsys, engine: str) -> None:
    edit(("signal.leave_share = 0.5", "signal.leave_share = [0.5][1]"))
    error = refused(capsys, "backtest", SPEC, "--engine", engine)
    assert error["what"] == "strategy dips raised IndexError: list index out of range"
    assert (error["file"], error["line"]) == (FILE, line_of("[0.5][1]"))


@pytest.mark.parametrize("engine", [pytest.param("batch", marks=pytest.mark.long), "event"])
def test_a_count_that_becomes_a_fraction_ends_the_run(capsys: Capsys, engine: str) -> None:
    edit(("state.rose + 1 if", "state.rose + 0.5 if"))
    error = refused(capsys, "backtest", SPEC, "--engine", engine)
    assert error["what"] == "strategy dips: rose of its State is int, but decide returned 0.5, a float"
    assert (error["file"], error["line"]) == (FILE, line_of("def decide") - 1)


@pytest.mark.parametrize("engine", [pytest.param("batch", marks=pytest.mark.long), "event"])
def test_a_field_that_is_none_is_told_in_functions_of_ones_own_too(capsys: Capsys, engine: str) -> None:
    edit(("@strategy(", "def paid(position):\n    return position.paid\n\n\n@strategy("))
    edit(("if bar.close < mean:", "if bar.close < paid(held):"))
    error = refused(capsys, "backtest", SPEC, "--engine", engine)
    assert error["what"] == "strategy dips raised AttributeError: 'Held' object has no attribute 'paid'"
    assert (error["file"], error["line"]) == (FILE, line_of("return position.paid"))


PLAIN = [
    (("signal.leave_share = 0.5", 'signal.leave_share = {"part": 0.5}["part"]'), "dips.py:{line}: Dict", "Dict"),
    (
        ("signal.leave_share = 0.5", "signal.leave_share = float(pd.Series([0.5]).iloc[0])"),
        "dips.py:{line}: ",
        "pandas",
    ),
    (("halved: bool = False", 'halved: bool = False\n    mood: str = ""'), "mood of its State is no number", "text"),
]


@pytest.mark.parametrize(("change", "why", "name"), PLAIN, ids=[name for *_, name in PLAIN])
def test_one_that_cannot_be_compiled_runs_plain_with_the_same_results_and_the_run_says_so(
    capsys: Capsys, change: tuple[str, str], why: str, name: str
) -> None:
    before = ran(capsys, "--engine", "event")
    edit(change, *([("from typing import", "import pandas as pd\nfrom typing import")] if name == "pandas" else []))
    assert run(["backtest", SPEC]) == 0
    told = capsys.readouterr().err
    after = ran(capsys)
    assert after["engine"] == "event"
    assert after["metrics"] == before["metrics"]
    assert after["metrics"]["trades"] > 2
    said = f"strategy dips cannot be compiled ({why.format(line=line_of('leave_share = '))}"
    assert said in told
    assert said in Path(after["artifacts"]["report"]).read_text()


def test_a_run_is_reproduced_and_another_code_is_named(capsys: Capsys) -> None:
    run_id = ran(capsys, "--engine", "event")["run_id"]
    assert run(["runs", "reproduce", run_id]) == 0
    assert "identical" in capsys.readouterr().out
    edit(("leave_share = 0.5", "leave_share = 0.25"))
    assert run(["runs", "reproduce", run_id]) == 6
    assert "dips.py" in "".join(capsys.readouterr())


def test_diff_tells_another_strategy_another_setting_and_other_code(capsys: Capsys, project: Path) -> None:
    def compared(one: str, other: str) -> list[tuple[str, str]]:
        assert run(["diff", one, other, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        return [(change["key"], change["tag"]) for entry in found["files"] for change in entry["changes"]]

    other = "configs/other.yaml"
    Path(other).write_text(Path(SPEC).read_text().replace("use: dips", "use: dips, with: {period: 9}"))
    assert compared(SPEC, other) == [("strategies.mine.with.period", "NEUTRAL")]
    Path(other).write_text(Path(SPEC).read_text().replace("use: dips", "file: strategies/cross.yaml"))
    assert ("strategies.mine.use", "NEUTRAL") in compared(SPEC, other)
    Path(other).unlink()
    (project / "after" / "plugins").mkdir(parents=True)
    (project / "after" / "small.yaml").write_text(Path(SPEC).read_text())
    code = Path(FILE).read_text().replace("leave_share = 0.5", "leave_share = 0.25")
    (project / "after" / "plugins" / "dips.py").write_text(code)
    assert compared(SPEC, "after/small.yaml") == [("plugins.dips.py", "NEUTRAL")]


def test_explain_shows_its_settings_and_the_schema_knows_them(capsys: Capsys) -> None:
    assert run(["explain", SPEC, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert "strategies.mine.with.period" in json.dumps(shown)
    assert run(["explain", SPEC, "size"]) == 0
    assert "a strategy in Python, which says its size and its stop in a run only" in capsys.readouterr().out
    assert run(["schema", "--plugins", FILE, "--json"]) == 0
    schema = json.loads(capsys.readouterr().out)["$defs"]["Strategy"]
    assert "dips" in json.dumps(schema["properties"]["use"])
    (dips,) = (each for each in schema["allOf"] if each["if"]["properties"]["use"]["const"] == "dips")
    assert {"period", "rises", "gain"} <= set(json.dumps(dips["then"]).replace('"', " ").split())


def test_its_manual_page_shows_settings_what_it_reads_and_an_example_that_works(capsys: Capsys) -> None:
    assert run(["plugins", "show", "dips", "--spec", SPEC]) == 0
    page = capsys.readouterr().out
    assert "{id: mine, use: dips, with: {period: 20, rises: 2, gain: 2%}}" in page
    assert "mean: ema(close, period)" in page
    edit(("{id: mine, use: dips}", "{id: mine, use: dips, with: {period: 20, rises: 2, gain: 2%}}"), file=SPEC)
    assert run(["validate", SPEC, "--json"]) == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert file["needs_tier"] == 2
    assert {reason["feature"] for reason in file["reasons"]} >= {"python"}
