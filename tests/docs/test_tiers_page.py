"""What the page on discipline says of tiers is so: its examples are run, and the tests that it names are there."""

import re
from pathlib import Path

import pytest
import yaml

from cryptoflow.cli.app import run
from cryptoflow.domain.discipline.paces import paced
from cryptoflow.settings import settings
from cryptoflow.spec.shipped import tiers
from tests.cli.projects import small

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "discipline.md").read_text(encoding="utf-8")
TIERS = PAGE.partition("\n## Tiers\n")[2].partition("\n## ")[0]
WAYS = PAGE.partition("\n## Ways tried to raise a tier\n")[2].partition("\n## ")[0]
HOUR = 3_600_000


def test_protection_after_a_promotion_goes_as_the_examples_say() -> None:
    (told,) = re.findall(r"```yaml\n(.*?)```", TIERS, re.DOTALL)
    examples = yaml.safe_load(told)["examples"]
    for each in examples:
        at = round(each["when"]["hours"] * HOUR)
        assert f"{paced(0, at, tiers()[2].protection.pace()):.0%}" == each["then"]
    assert len({each["then"] for each in examples}) == 5


def test_each_way_that_was_tried_has_its_test_and_each_such_test_its_line() -> None:
    named = set(re.findall(r"`(test_\w+)`", WAYS))
    ways = (ROOT / "tests" / "pipelines" / "test_ways_to_raise_a_tier.py").read_text(encoding="utf-8")
    folds = (ROOT / "tests" / "parity" / "test_standing_folds.py").read_text(encoding="utf-8")
    there = set(re.findall(r"^def (test_\w+)", ways, re.MULTILINE))
    the_other_way_round = {name for name in there if name.startswith(("test_what_the_gates", "test_evidence_is"))}
    assert there - the_other_way_round == named & there
    assert named - there <= set(re.findall(r"^def (test_\w+)", folds, re.MULTILINE))


def test_the_gates_of_a_new_account_are_those_of_the_transcript(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    command, *said = TIERS.partition("```console\n$ ")[2].partition("```")[0].strip().split("\n")
    assert run(command.split()[1:]) == 0
    assert capsys.readouterr().out.split("\n")[: len(said)] == said
