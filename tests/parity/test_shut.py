"""What rests is taken back when nothing more may be entered, with the reason; a smaller size binds adds as well."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cryptoflow.domain.calendar import DAY
from cryptoflow.domain.codes import Cause, Guard, Leg, Reason, Span, Topic
from cryptoflow.domain.discipline.gates import Finding
from cryptoflow.domain.discipline.nearing import spent
from cryptoflow.domain.discipline.standing import fall
from cryptoflow.domain.discipline.watching import look_again, settle
from cryptoflow.domain.tilt.signs import show
from cryptoflow.domain.tilt.watching import evaluate
from cryptoflow.engine.batch.run import run as batch
from cryptoflow.engine.plan import Columns, Plan
from cryptoflow.engine.runtime.feed import rounds
from cryptoflow.engine.runtime.owner import Owner
from cryptoflow.engine.runtime.run import run as event
from tests.parity.draws import MINUTE, START
from tests.parity.test_parity import planned

HELD = {"cryptoflow": 1, "strategy": "held", "enter_long": "close > 0", "stop_loss": "3%"}
"""Enters once and holds."""


def plan_of(order: str, said: dict[str, Any] | None = None, capital: str = "9000 USDT", share: str = "10%") -> Plan:
    entry = {"order": order} | ({"offset": "50 bps", "expires": "1d"} if order == "limit" else {})
    spec = {
        "cryptoflow": 1,
        "name": "shut",
        "capital": capital,
        "market": {"venue": "binance", "symbols": ["BTC/USDT", "ETH/USDT"], "timeframe": "1m", "filters": "none"},
        "strategies": [{"id": "s", "file": "s0.yaml"}],
        "sizing": {"use": "fraction", "share": share},
        "execution": {"entry": entry, "costs": "none"},
    }
    plan = planned(spec, [said or HELD])
    assert plan is not None
    return plan._replace(markets=tuple(replace(market, first_decision=0) for market in plan.markets))


def flat(count: int) -> list[Columns]:
    price = np.full(count, 100.0)
    return [Columns(START + MINUTE * np.arange(count), *[price] * 4, np.full(count, 1e9)) for _ in range(2)]


def resting() -> Owner:
    """An account whose entries rest far below the price."""
    owner = Owner(plan_of("limit"))
    for at, bars in rounds(flat(3)):
        owner.round(at, bars)
    assert owner.state.wallet.pending == 2
    return owner


def after(owner: Owner, at: int) -> list[tuple[int, int]]:
    """What is told at the end of a round: topics with their reasons."""
    settle(owner.state, owner.tables, owner.steps, at)
    return [(line.topic, line.reason) for line in owner.told()]


TAKEN = (Topic.CANCEL.value, Reason.LIMIT_REACHED.value)


@pytest.mark.parametrize(("span", "limits"), [("day_open", 1), ("week_open", 2), ("month_open", 4)])
def test_a_limit_that_is_reached_takes_back_what_rests(span: str, limits: int) -> None:
    for share, taken in ((0.999, 0), (1.0, 2)):
        owner = resting()
        state, tier = owner.state, owner.tables.tiers[owner.state.standing.tier]
        low = 9000.0 - tier.day_amount * limits * share
        wallet = state.wallet
        wallet.equity = low
        wallet.day_open = wallet.week_open = wallet.month_open = low
        state.halt.high = state.standing.day_base = low
        setattr(wallet, span, 9000.0)
        look_again(state, owner.tables, START + 4 * MINUTE)
        told = after(owner, START + 5 * MINUTE)
        assert told.count(TAKEN) == taken
        assert wallet.pending == 2 - taken


@pytest.mark.parametrize(("span", "days"), [("day_open", 1), ("week_open", 7), ("month_open", 31)])
def test_a_limit_that_was_reached_holds_to_the_end_of_its_span_though_equity_comes_back(span: str, days: int) -> None:
    """The first of January 2024 was a Monday."""
    owner, end = Owner(plan_of("market")), START + days * DAY
    state = owner.state
    wallet = state.wallet
    settle(state, owner.tables, owner.steps, START)
    wallet.equity = wallet.day_open = wallet.week_open = wallet.month_open = 8500.0
    state.halt.high = state.standing.day_base = 8500.0
    setattr(wallet, span, 9000.0)
    state.halt.look_at = 0
    owner.told()
    settle(state, owner.tables, owner.steps, START + MINUTE)
    reached = [line for line in owner.told() if (line.topic, line.reason) == (Topic.GUARD, Guard.LIMIT_REACHED)]
    assert [(Span(line.rule).name.lower(), line.opened_at) for line in reached] == [(span.removesuffix("_open"), end)]
    wallet.equity = 8990.0
    for at, is_spent in ((START + 2 * MINUTE, True), (end - MINUTE, True), (end, False)):
        settle(state, owner.tables, owner.steps, at)
        assert (spent(state.halt, wallet) > 0) == is_spent
    assert Guard.LIMIT_REACHED not in [line.reason for line in owner.told() if line.topic == Topic.GUARD]


def test_a_day_that_has_reached_its_limit_enters_nothing_until_midnight_in_both_drivers() -> None:
    """The first symbol falls by more than the day's limit and comes back; the second is wanted only then."""
    later = HELD | {"enter_long": "close < 101"}
    plan = plan_of("market", later | {"stop_loss": "15%"})
    tiers = tuple(replace(tier, day_amount=20.0, day_kill=100.0) for tier in plan.tiers)
    count = np.arange(1_450)
    market = flat(len(count))
    price = np.where((count >= 10) & (count < 20), 95.0, 100.0)
    market[0] = market[0]._replace(open=price, high=price, low=price, close=price)
    price = np.where(count < 30, 105.0, 100.0)
    market[1] = market[1]._replace(open=price, high=price, low=price, close=price)
    one, other = (run(plan._replace(tiers=tiers), market).tape for run in (batch, event))
    assert one.tobytes() == other.tobytes()
    mine = one[(one["symbol"] == 1) & (one["topic"] <= Topic.REFUSED)]
    refused = mine[mine["topic"] == Topic.REFUSED]
    daily_loss = [rule.name for rule in plan.verbs.rules].index("daily_loss")
    assert set(refused["rule"]) == {daily_loss}
    assert {int(each) for each in refused["measure"]} == {4}
    assert (int(refused["at"].min()), int(refused["at"].max())) == (START + 31 * MINUTE, START + DAY - MINUTE)
    assert [int(each["at"]) for each in mine if each["topic"] == Topic.ORDER] == [START + DAY]


def test_losses_in_a_row_take_back_what_rests_for_the_pause_and_for_the_day() -> None:
    for losses, since, taken in ((2, 0, 0), (3, 29, 2), (3, 30, 0), (5, 31, 2)):
        owner = resting()
        owner.state.streak.losses, owner.state.streak.last_at = losses, START + 5 * MINUTE
        owner.state.halt.look_at = 0
        assert after(owner, START + (5 + since) * MINUTE).count(TAKEN) == taken


def test_a_limit_reached_in_a_run_takes_back_what_rests_in_both_drivers() -> None:
    """Entries of the first symbol fill and sink with it; that of the second rests below its price."""
    plan = plan_of("limit", HELD | {"stop_loss": "15%"})
    tiers = tuple(replace(tier, day_amount=20.0, day_kill=100.0, streak=100) for tier in plan.tiers)
    strategies = tuple(replace(one, offset=0.01) for one in plan.strategies)
    market, count = flat(30), np.arange(30)
    price = np.where(count < 10, 100.0, 95.0)
    market[0] = market[0]._replace(open=price, high=price, low=np.where(count == 5, 98.0, price), close=price)
    one, other = (run(plan._replace(tiers=tiers, strategies=strategies), market).tape for run in (batch, event))
    assert one.tobytes() == other.tobytes()
    cancels = one[(one["topic"] == Topic.CANCEL) & (one["reason"] == Reason.LIMIT_REACHED)]
    assert (cancels[0]["symbol"], (cancels[0]["at"] - START) // MINUTE) == (1, 11)


def test_a_lock_and_a_demotion_take_back_what_rests_each_with_its_own_reason() -> None:
    locked, demoted = resting(), resting()
    for indicator in range(8):
        show(locked.state.tilt, locked.state.signs, indicator, START, START + DAY, 0.0)
    evaluate(locked.state, locked.tables, START)
    steps = demoted.steps._replace(demotes=lambda *_: (0, Finding(1.0, 1.0, 1)))
    fall(demoted.state, demoted.tables, steps, START)
    for owner, reason in ((locked, Reason.LOCKED_OUT), (demoted, Reason.EXITS_ONLY)):
        assert [line.reason for line in owner.told() if line.topic == Topic.CANCEL] == [reason] * 2


def test_a_smaller_size_binds_the_position_however_often_it_is_added_to() -> None:
    """With a quarter of their size, an entry and five adds come to a quarter of a normal position."""
    adds = HELD | {"add_when": "close > 0", "max_adds": 5}
    plan = plan_of("market", adds, share="50%")
    owner = Owner(plan)
    owner.state.halt.released_at = START
    tape = []
    for at, bars in rounds(flat(40)):
        tape += [replace(line) for line in owner.round(at, bars)]
    bought = sum(line.notional for line in tape if line.topic == Topic.FILL and line.symbol == 0)
    assert sum(line.topic == Topic.ORDER and line.leg == Leg.ADD for line in tape) > 0
    assert 0.0 < bought <= 0.25 * 900.0  # a tenth of equity is a whole position


def test_a_streak_trips_the_switch_as_equity_falls_beneath_what_it_cost() -> None:
    owner = Owner(plan_of("market"))
    state = owner.state
    for at, bars in rounds(flat(3)):
        owner.round(at, bars)
    owner.told()
    tier = owner.tables.tiers[state.standing.tier]
    state.streak.losses, state.streak.cost, state.streak.warned = 3, 0.0299 * 9000.0, 1
    state.halt.look_at = 0
    assert after(owner, START + 4 * MINUTE) == []
    state.wallet.equity = state.streak.cost / tier.streak_cost * (1 - 1e-6)
    settle(state, owner.tables, owner.steps, START + 5 * MINUTE)
    tripped = [line.rule for line in owner.told() if (line.topic, line.reason) == (Topic.GUARD, Guard.TRIPPED)]
    assert tripped == [Cause.LOSING_STREAK]
