"""What a venue's reports mean: every state, and everything that a venue can say in it."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import product

import pytest

from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import FillBooked, OrderMoved
from cryptoflow.domain.orders import MOVES, OrderState, is_terminal
from cryptoflow.domain.trading.fills import booked
from cryptoflow.domain.trading.hearing import TOLD, answered, heard
from cryptoflow.domain.trading.lives import Life, after_all
from cryptoflow.domain.trading.wishes import Impossible, Missing, Surfaced
from tests.domain.trading.told import BEGIN, QUANTITY, SYMBOL, deals, filled, names, report, standing

S = OrderState

QUIET = {S.ACKNOWLEDGED, S.PARTIALLY_FILLED}
"""What is said of an order that rests."""

LOTS = range(5)

EVERYTHING = list(product(OrderState, TOLD))
SENT = [(before, state) for before, state in EVERYTHING if before not in (S.CREATED, S.VALIDATED)]


def moves(events: Sequence[Event]) -> list[S]:
    return [event.state for event in events if isinstance(event, OrderMoved)]


def reached(life: Life, state: S, lots: int) -> S | str:
    """Return where a report with all of its fills leads, by the rules and not by the code."""
    if life.state in (S.CREATED, S.VALIDATED):
        return "impossible"
    if life.state is S.FAILED:
        return S.FAILED
    if lots < len(life.booked) or (is_terminal(life.state) and state in QUIET):
        return "stale"
    if state in QUIET:
        state = S.PARTIALLY_FILLED if lots else S.ACKNOWLEDGED
    if state is life.state or (life.state is S.CANCEL_REQUESTED and state in QUIET):
        return life.state
    if life.state is S.CANCEL_REQUESTED and state is S.REJECTED and not lots:
        return state
    return state if state in MOVES[life.state] else "impossible"


@pytest.mark.parametrize(("before", "state"), EVERYTHING)
def test_every_state_has_an_answer_to_every_report(before: S, state: S) -> None:
    for known, lots in product(LOTS, LOTS):
        life = filled(standing(before), known)
        wanted = reached(life, state, lots)
        said = report(state, lots, deals(1, lots))
        if wanted == "impossible":
            with pytest.raises(Impossible):
                heard(life, said)
            continue
        told = heard(life, said)
        after = after_all(life, told.events, BEGIN)
        assert after.state is (life.state if wanted == "stale" else wanted)
        assert ("order.stale" in names(told.events)) is (wanted == "stale")
        assert len(after.booked) == max(known, lots)
        assert after.filled == max(known, lots) * (QUANTITY / 4)


@pytest.mark.parametrize(("before", "state"), EVERYTHING)
def test_all_moves_go_along_the_table(before: S, state: S) -> None:
    for known, lots, told_of in product(LOTS, LOTS, LOTS):
        life = filled(standing(before), known)
        try:
            told = heard(life, report(state, lots, deals(1, told_of)))
        except Impossible as error:
            assert not moves(error.events)
            continue
        at = life.state
        for move in moves(told.events):
            assert move in MOVES[at]
            at = move


@pytest.mark.parametrize(("before", "state"), EVERYTHING)
def test_no_fill_is_lost_whatever_the_state_and_however_odd_the_report(before: S, state: S) -> None:
    life = standing(before)
    try:
        events = heard(life, report(state, 3, deals(1, 3))).events
    except Impossible as error:
        events = error.events
    fills = [event.trade for event in events if isinstance(event, FillBooked)]
    assert sorted({*fills, *life.booked}) == sorted({*(f"{SYMBOL}-{n}" for n in (1, 2, 3)), *life.booked})
    assert len(fills) == len(set(fills))
    assert names(events).count("order.late_fill") == (len(fills) if is_terminal(before) else 0)


@pytest.mark.parametrize(("before", "state"), SENT)
def test_a_report_that_was_heard_says_nothing_the_second_time(before: S, state: S) -> None:
    life, said = standing(before), report(state, 4, deals(1, 4))
    try:
        after = after_all(life, heard(life, said).events, BEGIN)
    except Impossible:
        return
    assert set(names(heard(after, said).events)) <= {"order.stale"}


def test_an_end_whose_fills_are_not_there_waits_for_them() -> None:
    life = standing(S.SUBMITTED)
    told = heard(life, report(S.FILLED, 4, deals(4, 4)))
    assert names(told.events) == ["order.numbered", "fill.booked", "order.partially_filled"]
    assert told.wish == Missing(SYMBOL, "ORDER1", BEGIN - 60_000, Decimal("0.4"), Decimal("0.1"))
    after = after_all(life, told.events, BEGIN)
    told = heard(after, report(S.FILLED, 4, deals(1, 4)))
    assert names(told.events) == ["fill.booked"] * 3 + ["order.filled"]
    assert told.wish is None


def test_an_end_that_shows_no_fill_at_all_still_says_that_the_order_is_there() -> None:
    told = heard(standing(S.UNKNOWN), report(S.FILLED, 4))
    assert names(told.events) == ["order.numbered", "order.acknowledged"]
    assert isinstance(told.wish, Missing)


def test_a_fill_while_a_cancel_is_under_way_is_booked_and_the_state_stays() -> None:
    life = standing(S.CANCEL_REQUESTED)
    told = heard(life, report(S.PARTIALLY_FILLED, 1, deals(1, 1)))
    assert names(told.events) == ["order.numbered", "fill.booked"]


@pytest.mark.parametrize(("lots", "state"), [(0, S.ACKNOWLEDGED), (1, S.PARTIALLY_FILLED)])
def test_an_order_that_rests_though_its_cancel_was_answered_goes_back(lots: int, state: S) -> None:
    told = answered(standing(S.CANCEL_REQUESTED), report(state, lots, deals(1, lots)))
    assert moves(told.events) == [state]


def test_a_stop_that_is_rejected_as_it_triggers_while_its_cancel_is_under_way_goes_back_first() -> None:
    told = heard(standing(S.CANCEL_REQUESTED), report(S.REJECTED, triggered_at=BEGIN))
    assert names(told.events) == ["order.numbered", "order.triggered", "order.acknowledged", "order.rejected"]


def test_an_order_that_was_given_up_and_rests_at_the_venue_is_taken_back_there() -> None:
    told = heard(standing(S.FAILED), report(S.PARTIALLY_FILLED, 1, deals(1, 1)))
    assert told.wish == Surfaced(SYMBOL, "ORDER1")
    assert names(told.events) == ["order.numbered", "fill.booked", "order.late_fill"]
    ended = standing(S.CANCELLED)
    assert heard(ended, report(S.ACKNOWLEDGED)).wish is None, "an old report"
    assert answered(ended, report(S.ACKNOWLEDGED)).wish == Surfaced(SYMBOL, "ORDER1")


def test_two_ends_cannot_both_be_true_but_the_fill_is() -> None:
    with pytest.raises(Impossible, match="ORDER1 is cancelled, and the venue says filled") as caught:
        heard(standing(S.CANCELLED), report(S.FILLED, 4, deals(1, 4)))
    assert names(caught.value.events) == ["order.numbered", *["fill.booked", "order.late_fill"] * 4]


def test_fills_without_a_report_show_that_the_venue_has_the_order() -> None:
    assert names(booked(standing(S.UNKNOWN), deals(1, 2))) == ["fill.booked"] * 2 + ["order.partially_filled"]
    assert names(booked(standing(S.PARTIALLY_FILLED), deals(1, 2))) == ["fill.booked"]
    assert names(booked(standing(S.CANCELLED), deals(1, 1))) == ["fill.booked", "order.late_fill"]
    assert booked(standing(S.UNKNOWN, booked=frozenset({f"{SYMBOL}-1"})), deals(1, 1)) == ()


def test_fills_of_other_orders_are_none_of_its_business() -> None:
    others = tuple(each._replace(order="ORDER2") for each in deals(1, 2))
    assert booked(standing(S.ACKNOWLEDGED), others) == ()


def test_a_fill_that_is_told_twice_at_once_is_booked_once() -> None:
    (one,) = deals(1, 1)
    assert names(booked(standing(S.PARTIALLY_FILLED, booked=frozenset()), (one, one))) == ["fill.booked"]


def test_each_further_part_is_told_and_a_part_that_is_known_is_not() -> None:
    life = standing(S.PARTIALLY_FILLED, venue_id="77")
    assert names(heard(life, report(S.PARTIALLY_FILLED, 2, deals(2, 2))).events) == [
        "fill.booked",
        "order.partially_filled",
    ]
    assert heard(life, report(S.PARTIALLY_FILLED, 1, deals(1, 1))).events == ()


@pytest.mark.parametrize("state", [S.CANCELLED, S.EXPIRED, S.FILLED])
def test_an_order_that_has_ended_and_filled_more_than_is_known_has_its_fills_fetched(state: S) -> None:
    life = filled(standing(state), 1)
    told = heard(life, report(state, 2))
    assert (names(told.events), type(told.wish)) == (["order.numbered"], Missing)
    told = heard(life, report(state, 2, deals(1, 2)))
    assert (names(told.events), told.wish) == (["order.numbered", "fill.booked", "order.late_fill"], None)


def test_when_a_stop_was_triggered_is_noted_once() -> None:
    life = standing(S.ACKNOWLEDGED, venue_id="77", triggered_at=BEGIN)
    assert heard(life, report(S.ACKNOWLEDGED, triggered_at=BEGIN + 1)).events == ()


def test_a_report_in_a_state_that_no_venue_has_is_impossible() -> None:
    with pytest.raises(Impossible):
        heard(standing(S.ACKNOWLEDGED), report(S.VALIDATED))
