"""What is below the least order: at the bottom of its tier each shipped config trades, and what cannot is foretold."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cryptoflow.domain.codes import Leg, Reason, Topic
from cryptoflow.domain.discipline.paces import DAILY
from cryptoflow.domain.review import RESUME as AFTER_KILL
from cryptoflow.engine.plan import Outcome, Plan
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.backtest import WHOLE, backtest, decide
from cryptoflow.pipelines.explaining.waterfall import waterfalls
from cryptoflow.pipelines.history import load_history
from cryptoflow.pipelines.limits import tier_for
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.spec.shipped import tiers

CONFIGS = Path(__file__).parents[2] / "configs"
PIPELINES = sorted(CONFIGS.glob("*.yaml"))
TOO_SMALL = {"btc_crossover", "btc_day_breakout", "btc_trend", "eth_dips", "weekly_dca"}
"""Whose entries at the bottom of their tier cannot be cut to a quarter: 5% of 500 USDT, and 15 USDT a week."""

every_pipeline = pytest.mark.parametrize("file", PIPELINES, ids=lambda file: file.stem)


def at_the_bottom(file: Path) -> Resolved:
    """The pipeline with the least capital of the tier that it starts in."""
    least = tier_for(float(resolve(file).pipeline.capital), tiers(), None).equity.low
    return resolve(file, sets=[f"capital={least:g} USDT"])


@every_pipeline
def test_at_the_bottom_of_its_tier_a_typical_entry_is_large_enough(file: Path) -> None:
    assert [fall.refused for fall in waterfalls(at_the_bottom(file))] == [""] * len(resolve(file).strategies)


@every_pipeline
def test_whether_a_quarter_of_it_is_too_small_is_said_beforehand_with_the_two_limits_that_met(file: Path) -> None:
    told = [fall.smallest_told for fall in waterfalls(at_the_bottom(file))]
    if file.stem not in TOO_SMALL:
        assert set(told) == {""}
        return
    (sentence,) = told
    assert sentence.startswith("refused below_minimum after resume: ")
    assert sentence.endswith(" is left, the least is 10.00")


def killed_at_once(resolved: Resolved) -> tuple[Plan, Outcome]:
    """A run whose kill switch trips with each losing trade, and whose entries are a quarter for a day thereafter."""
    history = load_history(resolved, WHOLE)
    made = plan_of(resolved, history.first_decisions)
    strict = tuple(replace(tier, streak=1, streak_cost=1e-9) for tier in made.tiers)
    made = made._replace(tiers=strict, account=replace(made.account, after_kill=0))
    return made, decide(made, history, "event")


@pytest.mark.parametrize("name", ["eth_dips", "majors_reversion"])
def test_a_run_after_its_kill_does_as_was_said(name: str) -> None:
    _, outcome = killed_at_once(at_the_bottom(CONFIGS / f"{name}.yaml"))
    tape = outcome.tape
    quarter = tape[tape["rule"] == AFTER_KILL]
    small = quarter[quarter["reason"] == Reason.BELOW_MINIMUM]
    made = quarter[(quarter["topic"] == Topic.ORDER) & (quarter["leg"] == Leg.ENTRY)]
    first = np.isclose(made["notional"], DAILY[1] * made["wanted"], rtol=0.01)
    assert (len(small) > 0, first.any()) == ((True, False) if name in TOO_SMALL else (False, True))
    assert (small["value"] < small["limit"]).all()
    assert set(small["limit"]) <= {10.0}


def test_a_report_says_that_the_usual_entry_is_too_small_for_the_day_after_a_kill(tmp_path: Path) -> None:
    plenty = backtest(resolve(CONFIGS / "btc_crossover.yaml"), home=tmp_path).view.warnings
    little = backtest(at_the_bottom(CONFIGS / "btc_crossover.yaml"), home=tmp_path).view.warnings
    said = [line for line in little if line.startswith("The usual entry of 25.")]
    assert not any("usual entry" in line for line in plenty)
    assert len(said) == 1 and said[0].endswith("and the least is 10.00, so nothing is entered then.")
