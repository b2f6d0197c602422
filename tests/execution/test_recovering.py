"""Recovery plans, from any trip to the operator, whatever the venue refuses and wherever the process dies."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from decimal import Decimal

import pytest

from cryptoflow.domain.codes import Cause
from cryptoflow.domain.recovery.plans import AT_MARKET, Step, StepKind, reduce_to
from cryptoflow.domain.recovery.states import KillState
from cryptoflow.execution.recovering import AGAIN, PATIENCE, Recovering
from tests.execution.little_journal import START, LittleJournal
from tests.execution.little_venue import Died, LittleDesk, Venue

BTC, ETH, SOL = "BTC/USDT", "ETH/USDT", "SOL/USDT"
Odd = dict[tuple[str, str], list[str]]
WAIT = Step(StepKind.WAIT_FOR_OPERATOR)


class Story:
    """An account that has tripped: a journal, a venue, and processes that come to carry the plan out."""

    def __init__(self, odd: Odd | None = None, cause: Cause = Cause.DRAWDOWN) -> None:
        self.venue, self.journal = Venue(odd=deepcopy(odd or {})), LittleJournal(self.hear)
        self.venue.hold(BTC, "0.5", "38000")
        self.venue.hold(ETH, "4", "1900")
        self.venue.entries = {"E1": SOL, "E2": BTC}
        self.journal.trip(cause)
        self.said: list[str] = []
        self.slept: list[float] = []
        self.die_at = 0

    def hear(self, what: str) -> None:
        self.said.append(what)
        if 0 < self.die_at <= len(self.said):
            raise Died  # and so does whatever else of the process is under way

    def now(self) -> int:
        return START + round(1000 * sum(self.slept))

    def nanoseconds(self) -> int:
        return self.now() * 1_000_000

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)

    def process(self, plan: str = "standard", steps: Sequence[Step] = ()) -> KillState:
        """Let a new process carry on, from what the journal says."""
        desk = LittleDesk(self.venue, self.hear)
        driver = Recovering("main", self.journal.switch(), self.journal, desk, self, self.sleep)
        return asyncio.run(driver.run(plan, steps)).state

    def did(self) -> list[tuple[str, str]]:
        return [(each.what, each.of) for each in self.venue.effects]

    def told(self) -> list[str]:
        return [each.name for each in self.journal.events]


PLANS: dict[str, tuple[str, Sequence[Step], Odd]] = {
    "standard": ("standard", (), {}),
    "limit orders that rest": ("standard", (), {(BTC, "limit"): ["rests"], (ETH, "limit"): ["rests"]}),
    "a limit order that fills late": ("standard", (), {(BTC, "limit"): ["rests"], (BTC, "meanwhile"): ["", "filled"]}),
    "a limit order that fills in part": ("standard", (), {(BTC, "limit"): ["rests"], (BTC, "meanwhile"): ["partly"]}),
    "an entry that fills while it is cancelled": ("standard", (), {("E1", "cancel"): ["filled"]}),
    "an entry that comes while others are cancelled": ("standard", (), {("E1", "cancel"): ["another"]}),
    "aggressive": ("aggressive", (), {}),
    "all steps": (
        "drill",
        (
            Step(StepKind.CANCEL_ENTRIES),
            reduce_to(Decimal("0.5")),
            Step(StepKind.DISABLE_STRATEGY, "trend"),
            Step(StepKind.RESTART_COMPONENT, "stream"),
            Step(StepKind.CLOSE_ALL, AT_MARKET),
            Step(StepKind.DISCONNECT),
            WAIT,
        ),
        {},
    ),
    "only less": ("drill", (reduce_to(Decimal("0.25")), WAIT), {}),
}
REFUSING: dict[str, tuple[str, Sequence[Step], Odd]] = {
    "a refused limit": ("standard", (), {(BTC, "limit"): ["refused"]}),
    "a close that takes the stop along": ("standard", (), {(BTC, "limit"): ["naked"], (ETH, "limit"): ["naked"]}),
    "a limit that is thrown out": ("standard", (), {(BTC, "limit"): ["rests"], (BTC, "meanwhile"): ["thrown out"]}),
    "a market that is never taken": ("aggressive", (), {(BTC, "market"): ["refused"] * 9}),
    "a market that bares": ("aggressive", (), {(BTC, "market"): ["naked"] * 9}),
    "a stop that is not taken back": (
        "standard",
        (),
        {(BTC, "limit"): ["naked"], (BTC, "stop"): ["refused"] * 2, (BTC, "market"): ["refused"] * 4},
    ),
    "a reduction that is refused": ("drill", (reduce_to(Decimal("0.5")), WAIT), {(BTC, "reduce"): ["naked"] * 9}),
    "a reduction that is refused before a close": (
        "drill",
        (reduce_to(Decimal("0.5")), Step(StepKind.CLOSE_ALL), WAIT),
        {(BTC, "reduce"): ["refused"] * 9},
    ),
    "an entry that cannot be cancelled": ("standard", (), {("E1", "cancel"): ["refused"] * 9}),
}


def whole(story: Story) -> None:
    """Whatever happened: nothing done twice, nothing sold that was not held, nothing left bare, all of it told."""
    venue = story.venue
    assert Counter(each.key for each in venue.effects).most_common(1)[0][1] == 1
    held = {BTC: Decimal("0.5"), ETH: Decimal(4), SOL: Decimal(1)}
    assert all(venue.sold[symbol] + venue.held.get(symbol, 0) in (0, held[symbol]) for symbol in held)
    assert not venue.naked()
    acts = [(each.name, each.event.key) for each in story.journal.events if each.name.startswith("recovery.act")]
    begun, ended = ([key for name, key in acts if name == f"recovery.act{end}"] for end in ("ing", "ed"))
    assert sorted(begun) == sorted(ended) == sorted(set(begun))
    assert all(acts.index(("recovery.acting", key)) < acts.index(("recovery.acted", key)) for key in begun)
    assert story.told().count("recovery.begun") == story.told().count("recovery.finished") == 1
    assert story.journal.switch().state is KillState.WAITING


def test_the_standard_plan_cancels_closes_and_waits() -> None:
    story = Story()
    assert story.process() is KillState.WAITING
    assert story.did() == [("cancel", "E1"), ("cancel", "E2"), ("limit", BTC), ("limit", ETH)]
    assert not story.venue.held and not story.venue.entries
    assert story.told()[:4] == ["kill.tripped", "recovery.begun", "recovery.looked", "recovery.acting"]
    whole(story)


def test_the_aggressive_plan_closes_at_market_without_waiting_and_leaves() -> None:
    story = Story(cause=Cause.BREAKER_CASCADE)
    story.process()
    assert story.did()[2:] == [("market", BTC), ("market", ETH), ("disconnect", "")]
    assert (story.slept, story.venue.connected) == ([], False)


def test_at_market_nobody_waits_for_another_whose_order_rests() -> None:
    story = Story({(BTC, "market"): ["rests"], (ETH, "market"): ["rests"], (BTC, "meanwhile"): ["", "filled"]})
    story.process("aggressive")
    looks = [what for what in story.said if what.startswith("before close")]
    assert looks[:2] == ["before close", "before close"]
    assert story.did()[2:] == [("market", BTC), ("market", ETH), ("market", ETH), ("disconnect", "")]
    whole(story)


def test_a_limit_order_that_rests_for_its_time_is_replaced_by_one_at_market() -> None:
    story = Story({(BTC, "limit"): ["rests"]})
    story.process()
    assert story.did()[2:] == [("limit", BTC), ("market", BTC), ("limit", ETH)]
    assert sum(story.slept) == PATIENCE


def test_a_stop_that_a_refused_close_took_along_goes_back_before_anything_else() -> None:
    story = Story({(BTC, "limit"): ["naked"]})
    story.process()
    assert story.did()[2:] == [("stop", BTC), ("market", BTC), ("limit", ETH)]
    whole(story)


def test_what_cannot_be_closed_keeps_its_stop_and_no_other_position_waiting() -> None:
    story = Story({(BTC, "market"): ["naked"] * 9}, cause=Cause.BREAKER_CASCADE)
    story.process()
    assert story.did()[2:] == [("stop", BTC), ("market", ETH), ("stop", BTC), ("stop", BTC), ("disconnect", "")]
    assert story.venue.exits[BTC].kind == "stop"
    assert story.journal.events[-1].event.kept == (BTC,)
    assert story.slept == [AGAIN, AGAIN]
    whole(story)


def test_an_entry_that_comes_while_others_are_cancelled_is_cancelled_too() -> None:
    story = Story({("E1", "cancel"): ["another"]})
    story.process()
    assert story.did()[:3] == [("cancel", "E1"), ("cancel", "E2"), ("cancel", "E3")]


def test_an_entry_that_cannot_be_cancelled_is_given_up_after_three_tries_and_named() -> None:
    story = Story({("E1", "cancel"): ["refused"] * 99})
    story.process()
    assert story.said.count("before cancel") == 3 + 1
    assert story.journal.events[-1].event.kept == ("E1",)


def test_exposure_is_reduced_once_and_the_stop_covers_what_is_left() -> None:
    story = Story()
    story.process("drill", (reduce_to(Decimal("0.25")), WAIT))
    assert story.venue.held == {BTC: Decimal("0.125"), ETH: Decimal(1)}
    assert {each.quantity for each in story.venue.exits.values()} == {Decimal("0.125"), Decimal(1)}


LESS_THEN_ALL = (reduce_to(Decimal("0.5")), Step(StepKind.CLOSE_ALL, AT_MARKET), WAIT)


def test_what_could_not_be_reduced_is_closed_all_the_same_and_nobody_is_told_that_it_is_kept() -> None:
    story = Story({(BTC, "reduce"): ["refused"] * 9})
    story.process("drill", LESS_THEN_ALL)
    assert not story.venue.held
    assert story.journal.events[-1].event.kept == ()
    whole(story)


def test_what_can_be_neither_reduced_nor_closed_is_named_once() -> None:
    story = Story({(BTC, "reduce"): ["refused"] * 9, (BTC, "market"): ["refused"] * 9})
    story.process("drill", LESS_THEN_ALL)
    assert (set(story.venue.held), story.journal.events[-1].event.kept) == ({BTC}, (BTC,))
    assert [what for what, of in story.did() if of == BTC] == []
    whole(story)


def test_what_one_step_could_not_close_the_next_tries_again() -> None:
    story = Story({(BTC, "market"): ["refused"] * 3})
    story.process("drill", (*[Step(StepKind.CLOSE_ALL, AT_MARKET)] * 2, WAIT))
    assert (story.venue.held, story.journal.events[-1].event.kept) == ({}, ())
    whole(story)


def test_a_plan_that_waits_in_the_middle_is_none() -> None:
    with pytest.raises(ValueError, match="ends with wait_for_operator"):
        Story().process("drill", (WAIT, Step(StepKind.CLOSE_ALL)))


def test_an_armed_switch_and_a_finished_plan_do_nothing() -> None:
    story = Story()
    story.process()
    before = len(story.said)
    assert story.process() is KillState.WAITING
    assert len(story.said) == before


@pytest.mark.parametrize("name", [*PLANS, *REFUSING])
def test_dying_before_or_after_any_call_loses_nothing_and_does_nothing_twice(name: str) -> None:
    plan, steps, odd = (PLANS | REFUSING)[name]
    calm = Story(odd)
    calm.process(plan, steps)
    whole(calm)
    for number in range(1, len(calm.said) + 1):
        story = Story(odd)
        story.die_at = number
        with pytest.raises(Died):
            story.process(plan, steps)
        story.die_at = 0
        assert story.process(plan, steps) is KillState.WAITING
        whole(story)
        if name in PLANS:
            assert sorted(story.venue.effects) == sorted(calm.venue.effects), story.said[number - 1]
            assert story.venue.held == calm.venue.held


def test_dying_again_and_again_still_ends() -> None:
    for plan, steps, odd in (PLANS | REFUSING).values():
        story = Story(odd)
        lives = 0
        while story.journal.switch().state is not KillState.WAITING:
            lives += 1
            story.die_at = len(story.said) + 7
            try:
                story.process(plan, steps)
            except Died:
                assert lives < 50
        assert lives > 1
        whole(story)
