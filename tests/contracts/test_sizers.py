"""What every sizer promises, built in now or later."""

from math import isfinite, isnan, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptoflow.plugins.registry import built_in, find
from tests.contracts.compiling import answers, same

MONEY = st.floats(0, 1e7)
PRICES = st.floats(1e-3, 1e6)
cases = st.lists(st.tuples(MONEY, MONEY, PRICES, st.one_of(st.just(nan), PRICES)), min_size=1, max_size=30)


@pytest.fixture(params=sorted(built_in("sizer")), scope="module")
def sizer(request):
    return find("sizer", request.param)()


def told(sizer):
    """What a sizer is given between the stop and its settings: what it reads, and its strategy's closed trades."""
    past = (40.0, 24.0, 0.48, 0.2) if sizer.past else ()
    return (*(0.8 for _ in sizer.let), *past)


def size(sizer, equity, cash, price, stop):
    return sizer.notional(equity, cash, price, stop, *told(sizer), *sizer.numbers())


@given(equity=MONEY, cash=MONEY, price=PRICES, distance=st.floats(0.001, 0.5))
def test_with_a_stop_it_wants_something_it_can_name(sizer, equity, cash, price, distance):
    wanted = size(sizer, equity, cash, price, price * (1 - distance))
    assert isfinite(wanted)
    assert wanted >= 0


@given(equity=MONEY, cash=MONEY, price=PRICES)
def test_without_a_stop_it_wants_something_or_says_that_it_cannot(sizer, equity, cash, price):
    wanted = size(sizer, equity, cash, price, nan)
    assert isnan(wanted) or 0 <= wanted < 1e9


@given(equity=MONEY, cash=MONEY, price=PRICES, distance=st.floats(0.001, 0.5), more=MONEY)
def test_more_money_never_gives_a_smaller_size(sizer, equity, cash, price, distance, more):
    stop = price * (1 - distance)
    assert size(sizer, equity + more, cash + more, price, stop) >= size(sizer, equity, cash, price, stop)


@settings(deadline=None)  # the first case waits for the compiler
@given(drawn=cases)
def test_compiled_and_plain_agree_to_the_last_bit(sizer, drawn):
    plain = [size(sizer, *case) for case in drawn]
    compiled = answers(type(sizer).notional, tuple(np.array(drawn).T.copy()), (*told(sizer), *sizer.numbers()))
    assert all(same(a, b) for a, b in zip(plain, compiled, strict=True))


def test_a_risk_fraction_loses_its_share_at_the_stop_and_no_more():
    sizer = find("sizer", "risk_fraction")(risk="1%", max_share="50%")
    assert size(sizer, 1000.0, 1000.0, 100.0, 95.0) * 0.05 == pytest.approx(10.0)
    assert size(sizer, 1000.0, 1000.0, 100.0, 99.9) == 500.0
    assert isnan(size(sizer, 1000.0, 1000.0, 100.0, nan))
    assert isnan(size(sizer, 1000.0, 1000.0, 100.0, 100.0))


def test_those_that_name_an_amount_spend_it():
    assert {name for name in built_in("sizer") if find("sizer", name).spends} == {"all_in", "fixed"}
