import json
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.cli.app import run
from cryptoflow.pipelines.schema import schema
from cryptoflow.spec.document import load, parse
from tests.cli.json_schemas import complaints
from tests.cli.projects import SPEC

ROOT = Path(__file__).parents[2]
CONFIGS = sorted(file for file in (ROOT / "configs").rglob("*.yaml") if file.parent.name != "env")
KINDS = {"strategies": "strategy", "tiers": "tier"}
Capsys = pytest.CaptureFixture[str]


def against(kind: str, values: Any) -> list[str]:
    made = schema(kind)
    return [*complaints(made, values, made)]


def spec(text: str) -> Any:
    document = parse(text.encode(), "spec.yaml")
    assert document.tree is not None
    return document.tree.plain()


@pytest.mark.parametrize("file", CONFIGS, ids=lambda file: file.stem)
def test_an_editor_has_nothing_against_what_ships(file: Path) -> None:
    tree = load(file).tree
    assert tree is not None
    assert against(KINDS.get(file.parent.name, "pipeline"), tree.plain()) == []


@pytest.mark.parametrize(
    ("before", "after", "at"),
    [
        ("sizing:", "sizeing:", ".sizeing"),
        ("share: 4%", "share: 4", ".sizing.share"),
        ("share: 4%", "risk: 4%", ".sizing.risk"),
        ("use: fraction, share: 4%", "use: fractoin", ".sizing.use"),
        ("timeframe: 1h", "timeframe: 7m", ".market.timeframe"),
        ("file: strategies/cross.yaml", "alloc: 4%", ".strategies[0].alloc"),
        ("warmup: 20", "warmup: twenty", ".warmup"),
        ("name: small\n", "", ": `name` is missing"),
        ("warmup: 20", "risk: {rules: [{limit: 8%}]}", ".risk.rules[0]: `use` is missing"),
        ("warmup: 20", "execution: {costs: {slippage: {use: fixed_bps, bps: 5%}}}", ".execution.costs"),
    ],
)
def test_an_editor_marks_a_mistake_while_one_types(before: str, after: str, at: str) -> None:
    assert before in SPEC
    said = against("pipeline", spec(SPEC.replace(before, after)))
    assert any(complaint.startswith(at) for complaint in said), said


@pytest.mark.parametrize(
    "line",
    ["capital: ${env:CAPITAL}", "seed: ${env:SEED:7}", "plugins: []", "execution: {costs: none}", "tier: 2"],
)
def test_an_editor_accepts_what_the_loader_accepts(line: str) -> None:
    assert against("pipeline", spec(f"{SPEC}{line}\n")) == []


def test_what_extends_another_spec_need_not_have_every_key() -> None:
    assert against("pipeline", spec("extends: base.yaml\nmarket: {timeframe: 4h}\n")) == []


def test_the_schema_is_the_same_each_time_and_can_be_written_to_a_file(tmp_path: Path, capsys: Capsys) -> None:
    assert run(["schema"]) == 0
    printed = capsys.readouterr().out
    file = tmp_path / ".cryptoflow" / "schema.json"
    assert run(["schema", "pipeline", "--out", str(file)]) == 0
    assert file.read_text() == printed
    assert json.loads(printed)["$defs"]["sizer"]["properties"]["use"]["enum"]


def test_plugin_files_add_their_names_and_settings(tmp_path: Path, capsys: Capsys) -> None:
    file = tmp_path / "plugins" / "mine.py"
    file.parent.mkdir()
    file.write_text(
        "from cryptoflow.plugins.kinds import Sizer\n"
        "from cryptoflow.plugins.registry import sizer\n\n\n"
        '@sizer("timid")\nclass Timid(Sizer):\n    """Hardly anything."""\n\n    fear: int = 3\n\n'
        "    @staticmethod\n    def notional(equity, cash, price, stop, fear):\n        return 10.0\n"
    )
    assert run(["schema", "--plugins", str(file)]) == 0
    made = json.loads(capsys.readouterr().out)
    assert "timid" in made["$defs"]["sizer"]["properties"]["use"]["enum"]
    timid = spec(SPEC.replace("{use: fraction, share: 4%}", "{use: timid, fear: 4}"))
    assert [*complaints(made, timid, made)] == []
    assert run(["schema"]) == 0
    assert "timid" not in capsys.readouterr().out


def test_an_unknown_kind_gets_the_nearest(capsys: Capsys) -> None:
    assert run(["schema", "strateg"]) == 2
    assert "did you mean `strategy`?" in capsys.readouterr().err
