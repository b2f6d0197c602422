"""Gates of a tier file on their way to a run."""

from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.domain.discipline.gates import DEMOTION, PROMOTION
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.assemble import gate_settings, library
from cryptoflow.pipelines.gates import gates_of
from cryptoflow.pipelines.plugins import shown
from cryptoflow.plugins.registry import built_in
from cryptoflow.spec.document import load
from cryptoflow.spec.shipped import configs

HUNTER = (configs() / "tiers" / "2-hunter.yaml").read_text(encoding="utf-8")


@pytest.fixture
def tier(tmp_path: Path) -> Path:
    file = tmp_path / "2-hunter.yaml"
    file.write_text(HUNTER)
    return file


def test_each_gate_of_a_tier_is_a_row_of_numbers_and_any_other_a_zero(tier: Path) -> None:
    tree = load(tier).tree
    assert tree is not None
    steps = library("gate", [])
    rows = dict(zip([step.name for step in steps], gate_settings(gates_of(tree), steps), strict=True))
    assert rows["days_not_losing"] == (PROMOTION, 0.6, 20.0)
    assert rows["stop_outs"] == (DEMOTION, 3.0, 86_400_000.0, 0.03)
    assert rows["sharpe"] == (0.0,)
    assert sum(row[0] == 0.0 for row in rows.values()) == len(rows) - 15


def test_a_gate_that_is_not_there_keeps_a_run_from_starting_and_is_named_with_its_line(tier: Path) -> None:
    tier.write_text(HUNTER.replace("{use: trades,", "{use: trade,"))
    tree = load(tier).tree
    assert tree is not None
    with pytest.raises(CryptoflowError) as refusal:
        gates_of(tree)
    (problem,) = refusal.value.problems
    assert problem.what == "there is no gate 'trade'"
    assert problem.where is not None
    assert (Path(problem.where.file).name, problem.where.line) == ("2-hunter.yaml", 23)
    assert run(["validate", str(tier)]) == ExitCode.INVALID


@pytest.mark.parametrize("name", sorted(built_in("gate")))
def test_the_example_on_a_gates_page_can_be_laid_into_a_tier_file(tmp_path: Path, name: str) -> None:
    file = tmp_path / "tier.yaml"
    file.write_text(shown(name, "gate").example)
    tree = load(file).tree
    assert tree is not None
    assert set(gates_of(tree)) == {name}
