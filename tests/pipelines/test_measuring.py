"""How much was at stake is told hour by hour, as the account itself had it."""

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from cryptoflow.domain.codes import Guard, Topic
from cryptoflow.domain.events.accounts import RiskMeasured
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.engine.plan import Outcome, Plan
from cryptoflow.engine.runtime.feed import rounds
from cryptoflow.engine.runtime.owner import Owner
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.backtest import WHOLE, decide
from cryptoflow.pipelines.history import History, load_history
from cryptoflow.pipelines.journals.measuring import measures
from cryptoflow.pipelines.resolve import resolve

FILE = Path(__file__).parents[2] / "configs" / "reckless.yaml"
HOUR = 3_600_000


@cache
def run() -> tuple[Plan, History, Outcome, dict[int, RiskMeasured]]:
    resolved = resolve(FILE, sets=["period=2022-01-01..2022-02-28"])
    history = load_history(resolved, WHOLE)
    plan = plan_of(resolved, history.first_decisions)
    outcome = decide(plan, history, "event")
    return plan, history, outcome, {draft.at: measure(draft) for draft in measures(outcome, plan)}


def measure(draft: Draft) -> RiskMeasured:
    assert isinstance(draft.event, RiskMeasured)
    return draft.event


def test_what_is_told_is_what_the_account_had_in_the_market_and_how_far_it_had_fallen() -> None:
    plan, history, _, told = run()
    owner, seen = Owner(plan), 0
    for at, bars in rounds(history.columns()):
        owner.round(at, bars)
        wallet, halt = owner.wallet, owner.state.halt
        if at + HOUR in told and at >= history.period.start:
            found = told[at + HOUR]
            assert float(found.exposure) == pytest.approx(wallet.equity - wallet.cash, abs=1e-6)
            assert found.drawdown == pytest.approx(max(0.0, 1 - wallet.equity / halt.high), abs=1e-12)
            seen += 1
    assert seen == len(told) > 500


def test_the_score_is_whole_for_a_limit_that_is_reached_and_nothing_where_nothing_is_used_up() -> None:
    _, _, outcome, told = run()
    guards = outcome.tape[outcome.tape["topic"] == Topic.GUARD]
    kills = [told[at] for at in guards["at"][guards["reason"] == Guard.TRIPPED].tolist()]
    assert kills and all(each.score >= 30 + 10 / 3 for each in kills), "all of a day's limit, and an alert"
    calm = [each for each in told.values() if each.drawdown == 0]
    assert calm and min(each.score for each in calm) == 0.0
    assert all(0.0 <= each.score <= 100.0 for each in told.values())


def test_what_has_not_changed_is_not_told_again() -> None:
    events = [*run()[3].values()]
    assert all(one != other for one, other in pairwise(events))
