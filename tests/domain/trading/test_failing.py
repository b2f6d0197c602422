"""What follows when a venue refuses, does not answer, or does not know an order."""

from dataclasses import replace

import pytest

from cryptoflow.domain.orders import OrderState, is_terminal, order_id
from cryptoflow.domain.trading.failing import not_known, refused, resumed, unsure
from cryptoflow.domain.trading.lives import after_all, next_attempt
from cryptoflow.domain.trading.reports import Refused
from cryptoflow.domain.trading.wishes import Ask, Heard, Impossible, Resend, Wait
from tests.domain.trading.told import BEGIN, SYMBOL, meant, names, standing

S = OrderState
ASK = Ask(SYMBOL, "ORDER1")
FUNDS = Refused("funds", "-2010", "Account has insufficient balance")


@pytest.mark.parametrize("state", [S.SUBMITTED, S.UNKNOWN])
def test_an_order_that_the_venue_does_not_want_is_rejected_and_says_why(state: S) -> None:
    told = refused(standing(state), FUNDS)
    assert names(told.events) == ["order.rejected"]
    assert told.events[0].reason == "Account has insufficient balance (-2010)"


def test_an_order_whose_id_is_taken_may_have_come_there_before_and_is_asked_for() -> None:
    told = refused(standing(S.SUBMITTED), Refused("duplicate", "-2010", "Duplicate order sent."))
    assert (names(told.events), told.wish) == (["order.unknown"], ASK)


def test_an_order_that_was_never_sent_failed() -> None:
    assert names(refused(standing(S.VALIDATED), FUNDS).events) == ["order.failed"]


@pytest.mark.parametrize(
    ("lots", "event"), [(S.ACKNOWLEDGED, "acknowledged"), (S.PARTIALLY_FILLED, "partially_filled")]
)
def test_a_cancel_that_is_refused_leaves_the_order_where_it_was(lots: S, event: str) -> None:
    life = replace(standing(lots), state=S.CANCEL_REQUESTED)
    assert names(refused(life, Refused("other", "-2011", "no")).events) == [f"order.{event}"]


def test_a_cancel_of_what_is_not_there_is_a_question() -> None:
    assert refused(standing(S.CANCEL_REQUESTED), Refused("unknown_order", "-2011", "?")) == Heard((), ASK)


@pytest.mark.parametrize("state", list(OrderState))
def test_nothing_is_made_of_the_refusal_of_an_order_that_has_ended(state: S) -> None:
    if is_terminal(state):
        assert refused(standing(state), FUNDS) == Heard()
    elif state in (S.ACKNOWLEDGED, S.PARTIALLY_FILLED):
        with pytest.raises(Impossible):
            refused(standing(state), FUNDS)


@pytest.mark.parametrize("state", list(OrderState))
def test_without_an_answer_every_order_that_was_sent_and_is_open_is_asked_for(state: S) -> None:
    told = unsure(standing(state))
    assert names(told.events) == (["order.unknown"] if state is S.SUBMITTED else [])
    assert told.wish == (None if is_terminal(state) or state in (S.CREATED, S.VALIDATED) else ASK)


def test_an_order_is_sent_again_only_when_the_venue_did_not_know_it_twice_five_seconds_apart() -> None:
    life = standing(S.UNKNOWN)
    told = not_known(life, BEGIN)
    assert (names(told.events), told.wish) == (["order.not_known"], Wait("ORDER1", BEGIN + 5_000))
    life = after_all(life, told.events, BEGIN)
    assert not_known(life, BEGIN + 4_999) == Heard((), Wait("ORDER1", BEGIN + 5_000))
    told = not_known(life, BEGIN + 5_000)
    assert names(told.events) == ["order.not_known", "order.failed"]
    assert told.wish == Resend("ORDER1", 2)
    assert not_known(after_all(life, told.events, BEGIN + 5_000), BEGIN + 10_000) == Heard(), "never a third time"


def test_an_answer_in_between_begins_the_count_anew() -> None:
    life = standing(S.SUBMITTED)
    life = after_all(life, not_known(life, BEGIN).events, BEGIN)
    life = after_all(life, unsure(life).events, BEGIN + 1)
    assert not_known(life, BEGIN + 6_000).wish == Wait("ORDER1", BEGIN + 11_000)


@pytest.mark.parametrize("state", [S.ACKNOWLEDGED, S.PARTIALLY_FILLED, S.CANCEL_REQUESTED])
def test_an_order_that_the_venue_once_had_and_knows_no_more_is_never_sent_again(state: S) -> None:
    life = standing(state)
    life = after_all(life, not_known(life, BEGIN).events, BEGIN)
    told = not_known(life, BEGIN + 5_000)
    assert (names(told.events), told.wish) == (["order.not_known", "order.cancelled"], None)


def test_the_next_attempt_is_the_same_order_under_an_id_that_follows_from_the_decision() -> None:
    life = standing(S.FAILED, meant(role="entry.2", decision=41, post_only=True))
    again = next_attempt(life, "main")
    assert again.id == order_id("main", "trend", SYMBOL, 41, "entry.2", 2)
    assert again._replace(id="ORDER1") == life.intent
    bar = BEGIN - 60_000
    assert next_attempt(standing(S.FAILED), "main").id == order_id("main", "trend", SYMBOL, bar, "entry", 2)


@pytest.mark.parametrize("state", list(OrderState))
def test_a_restart_sends_nothing_that_was_not_sent_and_asks_for_all_that_is_open(state: S) -> None:
    told = resumed(standing(state))
    unsent = state in (S.CREATED, S.VALIDATED)
    expected = ["order.failed"] if unsent else ["order.unknown"] if state is S.SUBMITTED else []
    assert names(told.events) == expected
    assert told.wish == (None if unsent or is_terminal(state) else ASK)
