"""How many orders may be open, and how long an entry may rest."""

import pytest

from cryptoflow.domain.orders import OrderState, is_terminal
from cryptoflow.domain.trading.limits import Bound, broken, has_rested
from cryptoflow.domain.trading.lives import Life
from tests.domain.trading.told import BEGIN, guard, meant, standing

S = OrderState


def spread(count: int, state: S = S.ACKNOWLEDGED) -> list[Life]:
    """Return open orders of as many symbols."""
    return [standing(state, meant(f"O{n}", symbol=f"COIN{n}/USDT")) for n in range(count)]


def test_an_account_has_a_hundred_open_orders_at_most() -> None:
    entry = standing(S.CREATED).intent
    assert broken(entry, spread(99)) is None
    assert broken(entry, spread(100)) == Bound("open", 100, 100)
    assert broken(entry, [*spread(99), *spread(50, S.FILLED)]) is None


def test_what_leaves_or_protects_a_position_always_has_room() -> None:
    stop = standing(S.CREATED, guard("STOP")).intent
    assert broken(stop, spread(100)) is None
    assert broken(stop._replace(guards=False), spread(100), exits=True) is None


@pytest.mark.parametrize("state", list(OrderState))
def test_a_symbol_has_ten_whatever_they_are_about_as_long_as_they_are_open(state: S) -> None:
    others = [standing(state, meant(f"O{n}")) for n in range(10)]
    bound = None if is_terminal(state) else Bound("open_per_symbol", 10, 10)
    assert broken(standing(S.CREATED).intent, others) == bound


def test_an_entry_rests_five_minutes_however_often_a_part_of_it_is_filled() -> None:
    partly = standing(S.PARTIALLY_FILLED, since=BEGIN + 200_000)
    assert not has_rested(partly, BEGIN + 299_999)
    assert has_rested(partly, BEGIN + 300_000)
    assert has_rested(partly, BEGIN + 60_000, rests=60_000)


def test_a_stop_and_an_order_that_is_under_way_rest_for_as_long_as_they_like() -> None:
    later = BEGIN + 3_600_000
    assert not has_rested(standing(S.ACKNOWLEDGED, guard("STOP")), later)
    assert not has_rested(standing(S.CANCEL_REQUESTED), later)
