"""What the page on discipline says of tiers is so: its examples are run, and the tests that it names are there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cryptoflow.cli.app import run
from cryptoflow.domain.codes import Reason
from cryptoflow.domain.discipline.paces import paced
from cryptoflow.domain.propose import barring
from cryptoflow.engine.runtime.owner import fresh_state, tables_of
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.settings import settings
from cryptoflow.spec.shipped import tiers
from tests.cli.projects import small

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "discipline.md").read_text(encoding="utf-8")
TIERS = PAGE.partition("\n## Tiers and gates\n")[2].partition("\n## ")[0]
PROTECTION = PAGE.partition("\n## Protection\n")[2].partition("\n## ")[0]
LOCKED = PAGE.partition("\n## Features locked\n")[2].partition("\n## ")[0]
WAYS = PAGE.partition("\n## Ways tried to raise a tier\n")[2].partition("\n## ")[0]
HOUR = 3_600_000
SPEC = """\
cryptoflow: 1
name: example
market: {venue: binance, symbols: [BTC/USDT, ETH/USDT], timeframe: 1h}
capital: 20000 USDT
strategies: [{id: a, file: one.yaml}, {id: b, file: one.yaml}, {id: c, file: one.yaml}, {id: d, file: one.yaml}]
"""
STRATEGY = "{cryptoflow: 1, strategy: one, enter_long: close > open, stop_loss: 2%}"


def barred() -> Iterator[Any]:
    """Every example of an entry under a tier: the tier, the entry, and what becomes of it."""
    for block in re.findall(r"```yaml\n(.*?)```", LOCKED, re.DOTALL):
        told = yaml.safe_load(block)
        for each in told["examples"]:
            yield pytest.param(told["given"]["tier"], each["when"], each["then"], id=f"{told['given']} {each['when']}")


@pytest.mark.parametrize(("tier", "when", "then"), [*barred()])
def test_an_entry_is_locked_as_its_example_says(tier: int, when: dict[str, Any], then: str, tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(SPEC)
    (tmp_path / "one.yaml").write_text(STRATEGY)
    asked = {"market": "{order: market}"}.get(when["order"], f"{{order: {when['order']}, offset: 1 bps, expires: 4h}}")
    plan = plan_of(resolve(tmp_path / "spec.yaml", sets=[f"execution.entry={asked}"]), [0, 0])
    run = fresh_state(plan)
    run.standing.tier = tier
    found = barring(run, tables_of(plan), when["strategy"] - 1, when["symbol"] - 1)
    assert then == ("locked" if found == Reason.LOCKED else "entered" if found == -1 else found)


def test_protection_after_a_promotion_goes_as_the_examples_say() -> None:
    (told,) = re.findall(r"```yaml\n(.*?)```", PROTECTION, re.DOTALL)
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
    spec = small(tmp_path)
    spec.rename(spec.with_name("btc_trend.yaml"))
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    command, *said = TIERS.partition("```console\n$ ")[2].partition("```")[0].strip().split("\n")
    assert run(command.split()[1:]) == 0
    assert capsys.readouterr().out.split("\n")[: len(said)] == said
