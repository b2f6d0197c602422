"""What every slippage model promises, built in now or later."""

from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptoflow.plugins.registry import built_in, find
from tests.contracts.compiling import answers, same

SIDES = st.sampled_from([1, -1])
PRICES = st.floats(1e-6, 1e6)
AMOUNTS = st.floats(0, 1e9)
VOLUMES = st.one_of(st.just(nan), AMOUNTS)
cases = st.lists(st.tuples(SIDES, PRICES, AMOUNTS, VOLUMES), min_size=1, max_size=30)


@pytest.fixture(params=sorted(built_in("slippage")), scope="module")
def slippage(request):
    return find("slippage", request.param)()


def cost(slippage, side, price, quantity, volume):
    return slippage.cost(side, price, quantity, volume, *slippage.numbers())


@given(side=SIDES, price=PRICES, quantity=AMOUNTS, volume=VOLUMES)
def test_a_fill_loses_something_between_nothing_and_a_tenth(slippage, side, price, quantity, volume):
    assert 0 <= cost(slippage, side, price, quantity, volume) <= 0.1


@given(side=SIDES, price=PRICES, quantity=AMOUNTS, volume=VOLUMES, more=AMOUNTS)
def test_a_larger_fill_never_loses_a_smaller_share(slippage, side, price, quantity, volume, more):
    small, large = (cost(slippage, side, price, each, volume) for each in (quantity, quantity + more))
    assert small <= large


@given(side=SIDES, price=PRICES, quantity=AMOUNTS, volume=AMOUNTS)
def test_an_unknown_volume_costs_most(slippage, side, price, quantity, volume):
    known = cost(slippage, side, price, quantity, volume)
    assert cost(slippage, side, price, quantity, nan) == cost(slippage, side, price, quantity, 0.0) >= known


@settings(deadline=None)  # the first case waits for the compiler
@given(drawn=cases)
def test_compiled_and_plain_agree_to_the_last_bit(slippage, drawn):
    plain = [cost(slippage, *case) for case in drawn]
    compiled = answers(type(slippage).cost, tuple(np.array(drawn).T.copy()), slippage.numbers())
    assert all(same(a, b) for a, b in zip(plain, compiled, strict=True))


def test_a_fill_of_a_hundredth_of_a_major_bar_costs_two_basis_points():
    default = find("slippage", "spread_impact")()
    assert cost(default, 1, 40_000.0, 1.0, 100.0) == pytest.approx(0.0002)
