"""What the journal tells beside trades, as the account's discipline counts it."""

import json
from collections.abc import Sequence
from decimal import Decimal
from math import isnan, nan

import pytest

from cryptoflow.domain.discipline.account import Account
from cryptoflow.domain.discipline.folding import folding, settled, shown_by
from cryptoflow.domain.discipline.nearing import spent
from cryptoflow.domain.events.accounts import AccountDeposited, AccountWithdrawn
from cryptoflow.domain.events.codec import canonical
from cryptoflow.domain.events.discipline import KillReleased, KillTripped, RiskLimitReached, TierAcknowledged
from cryptoflow.domain.events.evidence import OverrideAttempted, ProbeFailed
from cryptoflow.domain.events.orders import OrderReviewed
from cryptoflow.domain.journal.fold import fold
from cryptoflow.domain.journal.recorded import Draft, Head, Recorded, record
from cryptoflow.pipelines.explaining.ceilings import shipped
from cryptoflow.pipelines.tiers.table import law_of
from tests.pipelines.lives import BEGIN, DAYS, HOUR, demoted, marked, probed, promoted, sniper

LAW = law_of(shipped())
DAY = 24 * HOUR


def journal(*drafts: Draft) -> list[Recorded]:
    """Events as they are recorded."""
    head, found = Head(), []
    for draft in drafts:
        found.append(each := record("main", head, 1, draft))
        head = Head(each.seq, each.hash)
    return found


def told(*more: Draft) -> Account:
    """An account in tier 1 once more was told of it."""
    fold_of = folding(LAW)
    return settled(LAW, fold(journal(*sniper(), *more), fold_of.step, fold_of.start))


def deposit(amount: int, at: int) -> Draft:
    return Draft(AccountDeposited(Decimal(amount), "USDT", "d1"), at, "live")


def withdrawal(amount: int, at: int) -> Draft:
    return Draft(AccountWithdrawn(Decimal(amount), "USDT", "w1"), at, "live")


def override(at: int) -> Draft:
    return Draft(OverrideAttempted("resume", granted=False), at, "ada")


def refusal(rule: str, at: int, by: str = "ada") -> Draft:
    none = Decimal(0)
    said = ("BTC/USDT", "one", "entry", "refused", rule, 1.0, 0.5, Decimal(100), none, "rule")
    return Draft(OrderReviewed("AB12", *said), at, by)


def test_a_deposit_is_no_profit_and_a_withdrawal_no_loss() -> None:
    came = told(deposit(400, BEGIN + HOUR), marked(1000, BEGIN + 2 * HOUR))
    assert shown_by(LAW, came, BEGIN + 2 * HOUR, "spec", "code").day == 0.0
    assert came.halt.high == came.wallet.day_open == 1000.0
    left = told(withdrawal(90, BEGIN + HOUR), marked(510, BEGIN + 2 * HOUR))
    assert shown_by(LAW, left, BEGIN + 2 * HOUR, "spec", "code").day == 0.0
    assert (left.standing.tier, left.standing.demoted) == (1, 0)


def test_a_loss_of_the_same_size_is_one() -> None:
    lost = told(marked(509, BEGIN + 2 * HOUR))
    assert (lost.standing.tier, lost.standing.demoted) == (0, 1)  # 15.2 % of the day


def test_for_the_equity_of_the_tier_they_count() -> None:
    short = [marked(499, BEGIN + minutes * 60_000) for minutes in (1, 61)]
    stays = told(withdrawal(101, BEGIN), *short)
    assert (stays.standing.tier, stays.standing.demoted) == (1, 0)
    down = told(withdrawal(101, BEGIN), *short, marked(498, BEGIN + 62 * 60_000))
    assert (down.standing.tier, down.standing.demoted) == (0, 1)


def test_equity_that_comes_back_in_between_begins_the_hour_anew() -> None:
    below = [(499, 1), (501, 30), (499, 40), (498, 62), (499, 99)]
    found = told(withdrawal(101, BEGIN), *(marked(equity, BEGIN + minute * 60_000) for equity, minute in below))
    assert found.standing.demoted == 0


@pytest.mark.parametrize(("attempts", "down"), [(4, 0), (5, 1), (6, 1)])
def test_too_many_attempts_to_override_send_down(attempts: int, down: int) -> None:
    tries = [override(BEGIN + place * HOUR) for place in range(attempts)]
    assert told(*tries, marked(601, BEGIN + 10 * HOUR)).standing.demoted == down


def test_attempts_of_the_day_before_are_forgotten() -> None:
    tries = [override(BEGIN + place * HOUR) for place in (0, 1, 2, 25, 26)]
    assert told(*tries, marked(601, BEGIN + 27 * HOUR)).standing.demoted == 0


@pytest.mark.parametrize(("rules", "down"), [("ccd", 0), ("ccc", 1), ("ccdc", 1)])
def test_refusals_of_a_person_s_orders_by_one_rule_send_down(rules: str, down: int) -> None:
    said = [refusal({"c": "collar", "d": "daily_loss"}[rule], BEGIN + place) for place, rule in enumerate(rules)]
    assert told(*said, marked(601, BEGIN + HOUR)).standing.demoted == down


def test_refusals_of_a_strategy_s_orders_do_not() -> None:
    said = [refusal("collar", BEGIN + place, by="live") for place in range(9)]
    assert told(*said, marked(601, BEGIN + HOUR)).standing.demoted == 0


@pytest.mark.parametrize(("span", "days"), [("day", 1), ("week", 6), ("month", 17)])
def test_a_limit_that_was_told_as_reached_holds_to_the_end_of_its_span_also_told_again(span: str, days: int) -> None:
    """Of a limit that only the spec has, by which nothing else in the journal is measured; BEGIN is a Tuesday."""
    begun = BEGIN // DAY * DAY
    reached = Draft(RiskLimitReached(span, 0.025, 0.02, begun + days * DAY), BEGIN + HOUR, "live")
    lost = [marked(600, BEGIN), reached, marked(585, BEGIN + HOUR)]
    ends = [(begun + days * DAY - HOUR, True), (begun + days * DAY, False)]
    for after, is_spent in [(BEGIN + HOUR + 1, True), *ends]:
        fold_of = folding(LAW)
        half = fold(journal(*sniper(), *lost), fold_of.step, fold_of.start)
        half = fold_of.read(json.loads(canonical(fold_of.tell(half))))
        account = settled(LAW, fold(journal(*sniper(), *lost, marked(599, after))[-1:], fold_of.step, half))
        assert (spent(account.halt, account.wallet) > 0) == is_spent


def test_nothing_but_what_was_told_says_that_a_limit_was_reached() -> None:
    account = told(marked(600, BEGIN + HOUR), marked(580, BEGIN + 2 * HOUR))
    assert spent(account.halt, account.wallet) == 0


def test_evidence_of_a_spec_serves_no_other_once_an_account_has_run() -> None:
    account = told(marked(700, BEGIN + HOUR))
    for spec, code, shows in (("spec", "code", (1.0, 1.0, 10.0)), ("spec", "newer", (nan, nan, 10.0))):
        found = shown_by(LAW, account, BEGIN + 2 * HOUR, spec, code)
        assert (found.lookahead, found.warmup, found.paper_trips) == pytest.approx(shows, nan_ok=True)
    found = shown_by(LAW, account, BEGIN + 2 * HOUR, "another", "code")
    assert isnan(found.lookahead) and isnan(found.warmup) and isnan(found.paper_trips) and isnan(found.paper_hours)


def test_a_kill_that_was_told_last_holds_though_its_round_was_never_marked() -> None:
    assert told(Draft(KillTripped("drawdown", 0.16, 0.15), BEGIN + HOUR, "live")).halt.tripped == 1


def test_a_person_s_release_holds_at_once_and_is_no_event_of_a_machine() -> None:
    killed = Draft(KillTripped("drawdown", 0.16, 0.15), BEGIN + HOUR, "live")
    released = Draft(KillReleased("drawdown"), BEGIN + 2 * HOUR, "ada")
    found = told(killed, released)
    assert (found.halt.tripped, found.halt.released_at, found.standing.breach_at) == (0, BEGIN + 2 * HOUR, BEGIN + HOUR)


def test_a_demotion_keeps_from_tier_1_for_thirty_days_also_with_all_the_evidence() -> None:
    noted = Draft(TierAcknowledged(0), BEGIN + 3 * HOUR, "ada")
    before = told(demoted(0, BEGIN + HOUR), noted, promoted(1, BEGIN + 29 * DAY))
    assert (before.standing.tier, len(before.doubts)) == (0, 1)
    after = told(demoted(0, BEGIN + HOUR), noted, promoted(1, BEGIN + HOUR + 30 * DAY))
    assert (after.standing.tier, after.doubts) == (1, [])


def test_a_demotion_that_nobody_took_note_of_keeps_from_it_for_ever() -> None:
    found = told(demoted(0, BEGIN + HOUR), promoted(1, BEGIN + 400 * DAY))
    assert (found.standing.tier, found.standing.demoted, len(found.doubts)) == (0, 1, 1)


def test_a_probe_that_failed_after_it_passed_is_what_counts() -> None:
    found = shown_by(LAW, told(FAILED), BEGIN + HOUR, "spec", "code")
    assert (found.lookahead, found.warmup) == (1.0, 0.0)


FAILED = Draft(ProbeFailed("warmup", "spec", "spec", "code", "data", 3, 20, DAYS, 408, DAYS), BEGIN + HOUR)


FAILED_SOON = Draft(ProbeFailed("warmup", "spec", "spec", "code", "data", 1, 1, DAYS, 408, DAYS), BEGIN + HOUR)


@pytest.mark.parametrize(
    ("passes", "warmup"),
    [
        (probed("spec", "code", BEGIN + 2 * HOUR, draws=20), 1.0),
        (probed("spec", "code", BEGIN + 2 * HOUR, draws=19), 0.0),
        (probed("spec", "code", BEGIN + 2 * HOUR, draws=20, days="2024-01-04..2024-01-20", own=""), 0.0),
        (probed("spec", "code", BEGIN + 2 * HOUR, draws=20, days="2024-01-04..2024-01-20", own="", bars=9_000), 0.0),
        ([FAILED_SOON, *probed("spec", "code", BEGIN + 2 * HOUR)], 0.0),
    ],
)
def test_a_later_pass_that_reached_less_undoes_no_failure(passes: Sequence[Draft], warmup: float) -> None:
    assert shown_by(LAW, told(FAILED, *passes), BEGIN + 2 * HOUR, "spec", "code").warmup == warmup
