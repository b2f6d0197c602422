"""What rests at the venue for a position: placed, replaced, taken back and looked at."""

from decimal import Decimal

from cryptoflow.domain.orders import OrderState
from cryptoflow.domain.trading.lives import Life
from cryptoflow.domain.trading.nakedness import Naked, is_naked_too_long, naked
from cryptoflow.domain.trading.protecting import (
    Cancel,
    Least,
    Leave,
    Look,
    Place,
    Protection,
    Replace,
    after_refusal,
    leaving,
    resting_of,
    steps,
    wanted,
)
from tests.domain.trading.told import BEGIN, SYMBOL, filled, guard, meant, standing

S = OrderState
LEAST = Least(lot=Decimal("0.01"), tick=Decimal("0.5"), notional=Decimal(10))
HELD, STOP, TARGET = Decimal("0.4"), Decimal(980), Decimal(1100)


def want(position: Decimal = HELD, stop: Decimal = STOP, target: Decimal | None = None) -> Protection:
    found = wanted(SYMBOL, position, stop, target, LEAST)
    assert found is not None
    return found


def stop(state: S = S.ACKNOWLEDGED, quantity: str = "0.4", order: str = "STOP", **others: object) -> Life:
    return standing(state, guard(order, quantity), **others)


def bracket(state: S = S.ACKNOWLEDGED, quantity: str = "0.4") -> list[Life]:
    target = guard("TARGET", quantity, None, limit=TARGET, bracket="LIST")
    return [standing(state, target), standing(state, guard("STOP", quantity, bracket="LIST"))]


def test_a_position_without_anything_gets_a_stop_and_with_a_target_both() -> None:
    assert steps(want(), [], BEGIN) == (Place(Protection(SYMBOL, "sell", HELD, STOP, None)),)
    assert steps(want(target=TARGET), [], BEGIN) == (Place(Protection(SYMBOL, "sell", HELD, STOP, TARGET)),)


def test_what_rests_as_it_should_is_left_alone() -> None:
    assert steps(want(), resting_of([stop()], SYMBOL), BEGIN) == ()
    assert steps(want(target=TARGET), resting_of(bracket(), SYMBOL), BEGIN) == ()


def test_a_fee_in_coins_makes_the_stop_smaller_and_less_than_a_lot_is_not_protected() -> None:
    assert want(Decimal("0.3996")).quantity == Decimal("0.39")


def test_what_differs_in_quantity_level_or_kind_is_replaced() -> None:
    (old,) = resting_of([stop()], SYMBOL)
    for other in (want(Decimal("0.3")), want(stop=Decimal(990)), want(target=TARGET)):
        assert steps(other, [old], BEGIN) == (Replace(old, other),)


def test_a_stop_that_has_sold_a_part_is_what_is_wanted_for_the_rest() -> None:
    partly = stop(S.PARTIALLY_FILLED)
    assert steps(want(Decimal("0.3")), resting_of([partly], SYMBOL), BEGIN) == ()


def test_a_target_whose_stop_is_gone_is_replaced_by_both() -> None:
    target, _ = bracket()
    (alone,) = resting_of([target], SYMBOL)
    assert steps(want(target=TARGET), [alone], BEGIN) == (Replace(alone, want(target=TARGET)),)


def test_a_bracket_whose_target_has_sold_a_part_is_what_is_wanted_for_the_rest() -> None:
    target, below = bracket()
    found = resting_of([filled(target, 1), below], SYMBOL)
    assert steps(want(Decimal("0.3"), target=TARGET), found, BEGIN) == ()


def test_nothing_rests_for_a_position_that_is_left_or_is_dust() -> None:
    assert steps(None, resting_of(bracket(), SYMBOL), BEGIN) == (Cancel(SYMBOL, ("STOP", "TARGET")),)
    assert wanted(SYMBOL, Decimal("0.01"), STOP, None, LEAST) is None
    assert wanted(SYMBOL, Decimal(0), STOP, None, LEAST) is None
    assert wanted(SYMBOL, HELD, None, TARGET, LEAST) is None


def test_of_two_stops_for_the_same_coins_one_goes() -> None:
    found = resting_of([stop(order="ONE", quantity="0.2"), stop(order="TWO")], SYMBOL)
    assert steps(want(), found, BEGIN) == (Cancel(SYMBOL, ("ONE",)),)


def test_while_one_is_on_its_way_or_being_taken_back_nothing_is_done_over_its_head() -> None:
    for state in (S.CREATED, S.SUBMITTED, S.UNKNOWN, S.CANCEL_REQUESTED):
        assert steps(want(stop=Decimal(990)), resting_of([stop(state)], SYMBOL), BEGIN) == ()


def test_orders_of_other_symbols_entries_and_what_has_ended_protect_nothing() -> None:
    others = [
        standing(S.ACKNOWLEDGED, meant()),
        standing(S.ACKNOWLEDGED, guard("ETH", symbol="ETH/USDT")),
        stop(S.REJECTED),
    ]
    assert resting_of(others, SYMBOL) == ()


def test_a_triggered_stop_is_looked_at_after_five_seconds_and_then_the_position_is_left() -> None:
    found = resting_of([stop(triggered_at=BEGIN)], SYMBOL)
    assert steps(want(Decimal("0.3")), found, BEGIN + 4_999) == ()
    assert steps(want(Decimal("0.3")), found, BEGIN + 5_000) == (Look(SYMBOL, "STOP"),)
    assert leaving(SYMBOL, HELD, found, LEAST) == (Cancel(SYMBOL, ("STOP",)), Leave(SYMBOL, "sell", HELD))


def test_a_position_is_left_once_what_rests_for_it_is_gone() -> None:
    assert leaving(SYMBOL, HELD, [], LEAST) == (Leave(SYMBOL, "sell", HELD),)
    taken = resting_of([stop(S.CANCEL_REQUESTED)], SYMBOL)
    assert leaving(SYMBOL, HELD, taken, LEAST) == (Leave(SYMBOL, "sell", HELD),)
    assert leaving(SYMBOL, Decimal("0.009"), resting_of([stop()], SYMBOL), LEAST) == (Cancel(SYMBOL, ("STOP",)),)


def test_a_refused_stop_is_tried_once_more_at_a_price_that_is_valid_and_then_the_position_is_left() -> None:
    assert after_refusal(want(), 1, Decimal(979), LEAST) == Place(want(stop=Decimal("978.0")))
    assert after_refusal(want(), 1, Decimal(1000), LEAST) == Place(want())
    assert after_refusal(want(), 2, Decimal(979), LEAST) == Leave(SYMBOL, "sell", HELD)


def test_what_was_sold_short_is_bought_back_above() -> None:
    short = want(-HELD, Decimal(1020))
    assert short.side == "buy"
    assert after_refusal(short, 1, Decimal(1021), LEAST) == Place(short._replace(stop=Decimal("1022.5")))
    assert leaving(SYMBOL, -HELD, [], LEAST) == (Leave(SYMBOL, "buy", HELD),)


def test_a_position_is_naked_until_the_venue_has_confirmed_stops_for_all_of_it() -> None:
    for state in (S.SUBMITTED, S.UNKNOWN, S.CANCEL_REQUESTED):
        assert naked(None, want(), resting_of([stop(state)], SYMBOL), BEGIN) == Naked(BEGIN, 0, BEGIN)
    assert naked(None, want(), resting_of([stop(quantity="0.3")], SYMBOL), BEGIN) == Naked(BEGIN, 0, BEGIN)
    assert naked(None, want(), resting_of(bracket()[:1], SYMBOL), BEGIN) == Naked(BEGIN, 0, BEGIN), "a target alone"
    two = resting_of([stop(order="ONE", quantity="0.1"), stop(order="TWO", quantity="0.3")], SYMBOL)
    assert naked(Naked(BEGIN, 9_000, BEGIN), want(), two, BEGIN + 1) is None
    assert naked(Naked(BEGIN, 9_000, BEGIN), None, [], BEGIN + 1) is None


def test_only_time_with_contact_counts_towards_the_limit() -> None:
    found = None
    for second in range(12):
        found = naked(found, want(), [], BEGIN + second * 1_000, in_contact=second != 5)
        assert is_naked_too_long(found) is False
    assert is_naked_too_long(naked(found, want(), [], BEGIN + 11_001))
