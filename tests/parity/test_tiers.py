"""Gates decide over a whole run: an account goes up and down, and both drivers agree on when and why."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cryptoflow.domain.codes import Guard, Leg, Reason, Topic
from cryptoflow.domain.discipline.gates import DEMOTION, PROMOTION
from cryptoflow.engine.plan import Plan
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.backtest import WHOLE, decide
from cryptoflow.pipelines.history import History, load_history
from cryptoflow.pipelines.resolve import resolve

DAY = 86_400_000
SPEC = """\
cryptoflow: 1
name: example
market: {venue: binance, symbols: [BTC/USDT, ETH/USDT], timeframe: 1h, filters: none}
sources: {history: {use: synthetic, volatility: 150%}}
period: 2024-01-01..2024-06-30
capital: 3000 USDT
strategies: [{id: one, file: one.yaml}]
sizing: {use: fraction, share: 10%}
risk: {stop_loss: {missing: reject}}
execution: {costs: {fees: venue, slippage: {use: fixed_bps, bps: 20 bps}}}
"""
STRATEGY = """\
cryptoflow: 1
strategy: one
enter_long: close > sma(close, 48)
exit_long: close < sma(close, 48)
stop_loss: 2%
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, History]:
    folder = tmp_path_factory.mktemp("tiers")
    (folder / "spec.yaml").write_text(SPEC)
    (folder / "one.yaml").write_text(STRATEGY)
    resolved = resolve(folder / "spec.yaml")
    history = load_history(resolved, WHOLE)
    return plan_of(resolved, history.first_decisions), history


def asking(plan: Plan, **gates: tuple[float, ...]) -> Plan:
    """The plan with other gates, the same in every tier."""
    row = tuple(gates.get(step.name, (0.0,)) for step in plan.verbs.gates)
    return plan._replace(gate_settings=(row,) * len(plan.gate_settings))


def moves(plan: Plan, history: History) -> list[Any]:
    """Each move of a run in the tier table, once both drivers have agreed on it."""
    batch, event = (decide(plan, history, driver).tape for driver in ("batch", "event"))
    assert len(batch) == len(event)
    assert all(np.array_equal(batch[name], event[name], equal_nan=True) for name in batch.dtype.names)
    moved = np.isin(batch["reason"], [Guard.PROMOTED, Guard.DEMOTED])
    return list(batch[(batch["topic"] == Topic.GUARD) & moved])


def test_an_account_goes_up_on_the_first_day_on_which_every_gate_is_met(run: tuple[Plan, History]) -> None:
    plan, history = run
    first = min(market.first_decision for market in plan.markets)
    up = moves(asking(plan, days_in_tier=(PROMOTION, 20.0), fill_impact=(PROMOTION, 0.003)), history)
    assert [(line["reason"], line["number"]) for line in up[:2]] == [(Guard.PROMOTED, 3), (Guard.PROMOTED, 4)]
    assert 20 * DAY <= up[0]["at"] - first < 22 * DAY
    assert up[1]["at"] - up[0]["at"] == 20 * DAY


def test_a_fill_that_slips_too_far_keeps_it_where_it_is(run: tuple[Plan, History]) -> None:
    plan, history = run
    assert moves(asking(plan, days_in_tier=(PROMOTION, 20.0), fill_impact=(PROMOTION, 0.0019)), history) == []


def test_stops_in_a_row_that_cost_enough_send_it_down_with_what_they_cost(run: tuple[Plan, History]) -> None:
    plan, history = run
    down = moves(asking(plan, stop_outs=(DEMOTION, 3.0, float(5 * DAY), 0.005)), history)
    place = [step.name for step in plan.verbs.gates].index("stop_outs")
    assert down
    assert {line["rule"] for line in down} == {place}
    assert all(line["value"] >= line["limit"] == 0.005 for line in down)


def test_days_that_lose_one_after_the_other_send_it_down(run: tuple[Plan, History]) -> None:
    plan, history = run
    down = moves(asking(plan, day_losses=(DEMOTION, 0.0005, 3.0)), history)
    assert down
    assert all((line["value"], line["limit"]) == (3.0, 3.0) for line in down)


def test_nothing_that_a_backtest_cannot_show_lets_it_up(run: tuple[Plan, History]) -> None:
    plan, history = run
    never = {"stress_replays": 1.0, "paper_trips": 1.0, "paper_hours": 1.0}
    for name, needed in never.items():
        assert moves(asking(plan, **{name: (PROMOTION, needed)}), history) == []
    assert moves(asking(plan), history) == []


def test_an_entry_that_its_tier_does_not_unlock_is_refused(tmp_path: Path) -> None:
    plan, history = planned(tmp_path, "12000 USDT", "entry: {order: stop_limit, offset: 1 bps, expires: 4h}")
    down = asking(plan, days_in_tier=(DEMOTION, 20.0))  # the gate is met on the twentieth day, and sends down
    batch, event = (decide(down, history, driver).tape for driver in ("batch", "event"))
    assert all(np.array_equal(batch[name], event[name], equal_nan=True) for name in batch.dtype.names)
    moved = batch[(batch["topic"] == Topic.GUARD) & (batch["reason"] == Guard.DEMOTED)]
    released = batch[(batch["topic"] == Topic.GUARD) & (batch["reason"] == Guard.ACKNOWLEDGED)]
    asked = batch[np.isin(batch["topic"], [Topic.ORDER, Topic.REFUSED]) & (batch["leg"] == Leg.ENTRY)]
    before, after = asked[asked["at"] < moved["at"][0]], asked[asked["at"] > released["at"][0]]
    assert len(before[before["topic"] == Topic.ORDER])
    assert len(after)
    assert set(after["reason"]) <= {Reason.LOCKED, Reason.EXITS_ONLY}
    assert Reason.LOCKED in after["reason"]


def test_only_the_first_symbols_of_a_spec_are_entered_where_a_tier_has_fewer(tmp_path: Path) -> None:
    plan, history = planned(tmp_path, "3000 USDT", "latency: 0s")
    down = asking(plan, days_in_tier=(DEMOTION, 20.0))
    batch, event = (decide(down, history, driver).tape for driver in ("batch", "event"))
    assert all(np.array_equal(batch[name], event[name], equal_nan=True) for name in batch.dtype.names)
    sniper = batch[(batch["topic"] == Topic.GUARD) & (batch["number"] == 1)]["at"][0]
    entered = batch[(batch["topic"] == Topic.ORDER) & (batch["leg"] == Leg.ENTRY)]
    assert set(entered[entered["at"] < sniper]["symbol"]) == {0, 1}
    assert set(entered[entered["at"] > sniper]["symbol"]) == {0}
    locked = batch[(batch["topic"] == Topic.REFUSED) & (batch["reason"] == Reason.LOCKED)]
    assert set(locked["symbol"]) == {1}


def planned(folder: Path, capital: str, execution: str) -> tuple[Plan, History]:
    (folder / "spec.yaml").write_text(
        SPEC.replace("3000 USDT", capital).replace("execution: {", f"execution: {{{execution}, ")
    )
    (folder / "one.yaml").write_text(STRATEGY)
    resolved = resolve(folder / "spec.yaml")
    history = load_history(resolved, WHOLE)
    return plan_of(resolved, history.first_decisions), history


def test_a_lone_symbol_is_looked_at_while_nothing_is_held(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(
        SPEC.replace(", ETH/USDT", "").replace("3000", "2001").replace("timeframe: 1h", "timeframe: 15m")
    )
    (tmp_path / "one.yaml").write_text(STRATEGY)
    resolved = resolve(tmp_path / "spec.yaml")
    history = load_history(resolved, WHOLE)
    plan = plan_of(resolved, history.first_decisions)
    (down, *_) = [line for line in moves(plan, history) if line["reason"] == Guard.DEMOTED]
    gate = plan.verbs.gates[down["rule"]].name
    assert (gate, down["number"]) == ("equity_below", 1)
    assert down["value"] == down["limit"] + 15  # minutes: the first round after an hour
