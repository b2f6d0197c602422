"""What every rule promises, built in now or later."""

from dataclasses import asdict, replace
from math import inf, isnan, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.engine.memory import rows
from cryptoflow.plugins.registry import built_in, find
from cryptoflow.plugins.rules import ORDER
from tests.contracts.compiling import answers, same

RULES = sorted(built_in("rule"))
MONEY = st.floats(0, 1e7)
PRICES = st.floats(1e-6, 1e6)
COUNTS = st.integers(0, 200)

entries = st.builds(
    Entry,
    side=st.sampled_from([1, -1]),
    price=PRICES,
    stop=st.one_of(st.just(nan), PRICES),
    notional=MONEY,
    lot=st.sampled_from([1e-8, 0.001, 1.0]),
    min_notional=st.sampled_from([0.0, 5.0]),
    fee=st.floats(0, 0.01),
    symbol_allowed=st.integers(0, 1),
    adds=st.integers(0, 1),
)
accounts = st.builds(
    AccountView,
    **dict.fromkeys(("equity", "cash", "exposure", "symbol_exposure", "day_open_equity", "peak_equity"), MONEY),
    **dict.fromkeys(("positions", "pending", "symbol_positions", "orders_today", "last_second_orders"), COUNTS),
)
cases = st.lists(st.tuples(entries, accounts), min_size=1, max_size=30)


@pytest.fixture(params=RULES, scope="module")
def rule(request):
    return find("rule", request.param)()


def room(rule, order, account):
    return rule.headroom(order, account, *rule.numbers())


def test_every_rule_has_its_place_in_the_order():
    assert set(RULES) <= set(ORDER)


@given(order=entries, account=accounts)
def test_it_always_answers_with_a_number(rule, order, account):
    assert not isnan(room(rule, order, account))


@given(order=entries, account=accounts, more=MONEY)
def test_more_money_never_gives_less_room(rule, order, account, more):
    richer = replace(account, equity=account.equity + more, cash=account.cash + more)
    assert room(rule, order, richer) >= room(rule, order, account)


@given(order=entries, account=accounts, more=MONEY)
def test_more_in_the_market_never_gives_more_room(rule, order, account, more):
    fuller = replace(
        account,
        exposure=account.exposure + more,
        symbol_exposure=account.symbol_exposure + more,
        positions=account.positions + 1,
        orders_today=account.orders_today + 1,
    )
    assert room(rule, order, fuller) <= room(rule, order, account)


@given(order=entries, account=accounts)
def test_it_only_looks(rule, order, account):
    before = repr((asdict(order), asdict(account)))
    room(rule, order, account)
    assert repr((asdict(order), asdict(account))) == before


@settings(deadline=None)  # the first case waits for the compiler
@given(drawn=cases)
def test_compiled_and_plain_agree_to_the_last_bit(rule, drawn):
    plain = [room(rule, order, account) for order, account in drawn]
    given = (rows(Entry, [order for order, _ in drawn]), rows(AccountView, [account for _, account in drawn]))
    compiled = answers(type(rule).headroom, given, rule.numbers())
    assert all(same(a, b) for a, b in zip(plain, compiled, strict=True))


@pytest.mark.parametrize("name", ["order", "position", "exposure"])
@given(account=accounts, share=st.floats(0.01, 1), amount=st.floats(1, 1e6))
def test_of_a_share_and_an_amount_the_stricter_binds(name, account, share, amount):
    rule, order = find("rule", name), Entry(price=100.0, stop=100.0 - 1e-9)
    rest = find("rule", name)().numbers()[2:]
    both, one, other = (
        rule.headroom(order, account, *limit, *rest) for limit in ((share, amount), (share, inf), (inf, amount))
    )
    assert both == min(one, other)
