"""`cryptoflow plugins`, as its users meet it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import cryptoflow
from cryptoflow.cli.app import run
from cryptoflow.pipelines.plugins import PLACES
from cryptoflow.plugins import registry, skeleton
from tests.cli.projects import small

Capsys = pytest.CaptureFixture[str]
HOME = Path(cryptoflow.__file__).parents[1]


def said(capsys: Capsys, *arguments: str, code: int = 0) -> Any:
    assert run(["plugins", *arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_the_list_has_every_plugin_with_what_it_does(capsys: Capsys) -> None:
    found = said(capsys, "list")
    names = {(each["kind"], each["name"]) for each in found}
    assert names >= {(kind, name) for kind in registry.kinds() for name in registry.built_in(kind)}
    assert ("strategy", "ma_crossover") in names
    assert all(each["summary"] for each in found)


def test_a_list_can_be_of_one_kind_and_of_names_only(capsys: Capsys) -> None:
    assert run(["plugins", "list", "--kind", "sizer", "-q"]) == 0
    assert capsys.readouterr().out.split() == sorted(registry.built_in("sizer"))


def test_a_manual_page_has_text_settings_and_an_example(capsys: Capsys) -> None:
    assert run(["plugins", "show", "risk_fraction"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("sizer risk_fraction\n")
    assert all(part in page for part in ("max_share", "like 2%", "100%", "sizing: {use: risk_fraction, risk: 0.5%"))


def test_a_strategy_that_ships_has_a_page_with_its_parameters(capsys: Capsys) -> None:
    page = said(capsys, "show", "ema_cross")
    assert page["kind"] == "strategy"
    assert {"fast", "slow"} <= {setting["name"] for setting in page["settings"]}
    assert yaml.safe_load(page["example"])["strategies"][0]["use"] == "ema_cross"


@pytest.mark.parametrize("kind", sorted(PLACES))
def test_an_example_stands_where_it_stands_in_a_spec(capsys: Capsys, kind: str) -> None:
    for plugin in said(capsys, "list", "--kind", kind):
        example = yaml.safe_load(said(capsys, "show", plugin["name"], "--kind", kind)["example"])
        assert next(iter(example)) in PLACES[kind].split(":")[0]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("show", "risk_fracton"), 3, "did you mean `risk_fraction`?"),
        (("show", "qqq"), 3, "`cryptoflow plugins list` shows all"),
        (("show", "ema", "--kind", "rule"), 3, "there is no rule 'ema'"),
        (("list", "--kind", "indikator"), 2, "did you mean `indicator`?"),
        (("new", "broker", "mine"), 2, "there is no skeleton for 'broker'"),
        (("new", "rule", "cash"), 3, "there is a rule cash already"),
    ],
)
def test_a_wrong_name_ends_with_what_would_be_right(
    capsys: Capsys, arguments: tuple[str, ...], code: int, told: str
) -> None:
    assert run(["plugins", *arguments]) == code
    assert told in capsys.readouterr().err


def test_a_new_plugin_passes_its_own_test_and_is_listed_for_the_spec_that_names_it(
    tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = small(tmp_path)
    monkeypatch.chdir(tmp_path)
    for kind in skeleton.kinds():
        assert run(["plugins", "new", kind, f"my_{kind}"]) == 0
        plugin, test = (Path(line.removeprefix("wrote ")) for line in capsys.readouterr().out.splitlines())
        assert plugin == Path("configs", "plugins", f"my_{kind}.py")
        assert test.is_file()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "configs/plugins"],
        env=os.environ | {"PYTHONPATH": str(HOME)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "my_rule" not in {each["name"] for each in said(capsys, "list", "--kind", "rule")}
    spec.write_text(spec.read_text() + "plugins: [my_rule.py]\n")
    listed = said(capsys, "list", "--kind", "rule", "--spec", "configs/small.yaml")
    assert "my_rule" in {each["name"] for each in listed}
