"""The kill switch's table: every state and event, by the events of a journal and by the tape of a run."""

from collections.abc import Sequence
from itertools import product
from json import loads
from math import inf
from pathlib import Path

import pytest

from cryptoflow.domain.calendar import DAY
from cryptoflow.domain.codes import Cause, Guard, Leg, Topic
from cryptoflow.domain.discipline.trips import Trip
from cryptoflow.domain.events.codec import canonical
from cryptoflow.domain.events.discipline import KillReleased, KillTripped
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.recovery import RecoveryBegun, RecoveryFinished
from cryptoflow.domain.journal.fold import fold
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.domain.records import Line
from cryptoflow.domain.recovery.asking import phrase_of, releasing, tripping
from cryptoflow.domain.recovery.plans import PLANS
from cryptoflow.domain.recovery.states import BARRED, KILL_CHANGES, KillChange, KillState, state_of
from cryptoflow.domain.recovery.switch import SWITCH, Switch, after
from cryptoflow.engine.openings import openings
from cryptoflow.engine.runtime.feed import stretches
from cryptoflow.engine.runtime.owner import Owner
from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.backtest import WHOLE
from cryptoflow.pipelines.history import load_history
from cryptoflow.pipelines.resolve import resolve
from tests.execution.little_journal import START, LittleJournal
from tests.execution.test_recovering import PLANS as LIVES
from tests.execution.test_recovering import Story

TOLD: dict[KillChange, Event] = {
    KillChange.TRIPPED: KillTripped("drawdown", 0.15, 0.15),
    KillChange.PLAN_BEGUN: RecoveryBegun("standard", "drawdown", tuple(map(str, PLANS["standard"]))),
    KillChange.PLAN_FINISHED: RecoveryFinished("standard", ()),
    KillChange.RELEASED: KillReleased("drawdown"),
}
WAY = (KillChange.TRIPPED, KillChange.PLAN_BEGUN, KillChange.PLAN_FINISHED, KillChange.RELEASED)


def brought_to(state: KillState) -> tuple[LittleJournal, int]:
    """A journal whose switch is in a state, and the moment."""
    journal, at = LittleJournal(), START
    for change in WAY:
        if journal.switch().state is state:
            break
        journal.write([Draft(TOLD[change], at)])
    return journal, at


def test_the_table_has_every_state_and_every_change() -> None:
    assert set(KILL_CHANGES) == set(product(KillState, KillChange))


@pytest.mark.parametrize(("state", "change"), [*product(KillState, KillChange)])
def test_the_journal_takes_the_switch_where_the_table_says(state: KillState, change: KillChange) -> None:
    journal, at = brought_to(state)
    assert journal.switch().standing(at) is state
    if change is KillChange.SIZE_RESTORED:
        at += 3 * DAY
    else:
        journal.write([Draft(TOLD[change], at)])
    assert journal.switch().standing(at) is KILL_CHANGES[state, change]


@pytest.mark.parametrize("state", KillState)
def test_an_operator_gets_what_the_table_grants_and_a_reason_for_the_rest(state: KillState) -> None:
    journal, at = brought_to(state)
    switch = journal.switch()
    assert (tripping(switch, Trip(Cause.MANUAL.value, 1.0, 1.0), at, "anna", "odd") == ()) == switch.bars
    phrase = phrase_of("main", switch) if switch.bars else ""
    if state in (KillState.TRIPPED, KillState.RECOVERING):
        with pytest.raises(CryptoflowError, match="plan has not finished"):
            releasing("main", switch, at, "anna", phrase, "a wrong fee table")
        return
    for odd in ({"operator": " "}, {"root_cause": ""}, {"phrase": phrase + "!"}):
        asked = {"operator": "anna", "phrase": phrase, "root_cause": "a wrong fee table"} | odd
        if state is KillState.WAITING:
            with pytest.raises(CryptoflowError):
                releasing("main", switch, at, **asked)
    drafts = releasing("main", switch, at, "anna", phrase, "a wrong fee table")
    assert bool(drafts) == (state is KillState.WAITING)
    journal.write(drafts)
    assert not journal.switch().bars


def test_no_sequence_of_events_lets_an_entry_be_made_between_a_trip_and_the_release_of_a_finished_plan() -> None:
    for life in product(TOLD, repeat=5):
        state, journal = KillState.ARMED, LittleJournal()
        for change in life:
            journal.write([Draft(TOLD[change], START)])
            before, state = state, KILL_CHANGES[state, change]
            if before in BARRED and state not in BARRED:
                assert (before, change) == (KillState.WAITING, KillChange.RELEASED)
        switch = journal.switch()
        assert (switch.state, switch.bars) == (state, state in BARRED)
        assert switch.size(START) == (0.0 if switch.bars else 0.25 if state is KillState.RESUMING else 1.0)


def test_a_snapshot_of_a_switch_is_that_switch() -> None:
    story = Story(LIVES["limit orders that rest"][2])
    story.process()
    for count in range(len(story.journal.events) + 1):
        switch = fold(story.journal.events[:count], after, Switch())
        assert SWITCH.read(loads(canonical(SWITCH.tell(switch)))) == switch


SPEC = """\
cryptoflow: 1
name: example
market: {venue: binance, symbols: [BTC/USDT, ETH/USDT], timeframe: 1h, filters: none}
sources: {history: {use: synthetic, volatility: 200%}}
period: 2024-01-01..2024-06-30
capital: 3000 USDT
strategies: [{id: one, file: one.yaml}]
sizing: {use: fraction, share: 10%}
"""
STRATEGY = """\
cryptoflow: 1
strategy: one
enter_long: close > sma(close, 24)
exit_long: close < sma(close, 24)
stop_loss: 2%
"""


class Walk:
    """The table beside the tape of a run: what happens is a change of it, and every change has its place."""

    def __init__(self) -> None:
        self.state, self.held, self.released_at, self.seen = KillState.ARMED, set[int](), 0, list[KillState]()

    def change(self, change: KillChange) -> None:
        after = KILL_CHANGES[self.state, change]
        assert after is not self.state, f"{change} has no place where it is {self.state}"
        self.state = after
        self.seen.append(after)

    def over(self, lines: Sequence[Line], at: int) -> None:
        """Go over what a round told; `at` is its close."""
        for line in lines:
            if line.topic == Topic.FILL and line.leg != Leg.EXIT:
                self.held.add(line.symbol)
            elif line.topic == Topic.TRADE:
                self.held.discard(line.symbol)
            elif line.topic == Topic.ORDER and line.leg != Leg.EXIT:
                assert self.state not in BARRED
            elif line.topic == Topic.GUARD and line.reason == Guard.TRIPPED:
                self.grown(line.at)
                self.change(KillChange.TRIPPED)
                self.change(KillChange.PLAN_BEGUN)
            elif line.topic == Topic.GUARD and line.reason == Guard.RELEASED:
                self.finished()
                self.change(KillChange.RELEASED)
                self.released_at = line.at
        self.finished()
        self.grown(at)

    def finished(self) -> None:
        if self.state is KillState.RECOVERING and not self.held:
            self.change(KillChange.PLAN_FINISHED)

    def grown(self, at: int) -> None:
        if self.state is KillState.RESUMING and at >= self.released_at + 3 * DAY:
            self.change(KillChange.SIZE_RESTORED)


def test_the_tape_of_a_run_walks_through_the_table_and_the_decision_stands_where_it_does(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(SPEC)
    (tmp_path / "one.yaml").write_text(STRATEGY)
    resolved = resolve(tmp_path / "spec.yaml")
    history = load_history(resolved, WHOLE)
    plan = plan_of(resolved, history.first_decisions)
    for tier in plan.tiers:
        tier.fall_share, tier.fall_amount = 0.004, inf
    owner, walk, market = Owner(plan), Walk(), history.columns()
    for stretch in stretches(market, openings(market)):
        for at, bars in stretch:
            lines, close = owner.round(at, bars), at + plan.account.timeframe
            walk.over(lines, close)
            assert state_of(owner.state.halt, owner.wallet.positions, close) is walk.state
    assert set(walk.seen) == set(KillState), "every state was seen"
    assert walk.seen.count(KillState.TRIPPED) == owner.state.halt.trips > 5
