"""What every rule promises, built in now or later."""

from dataclasses import asdict, replace
from math import inf, isfinite, isnan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.engine.memory import rows
from cryptoflow.pipelines.limits import PRESETS, effective_rules
from cryptoflow.plugins.kinds import measures_of
from cryptoflow.plugins.registry import built_in, find
from cryptoflow.plugins.rules import ORDER
from cryptoflow.spec.shipped import tiers
from tests.contracts.compiling import answers, same
from tests.contracts.laws import AT_LEAST, LAWS, MONEY, TIGHT, accounts, entries, granted

RULES = sorted(built_in("rule"))
SETTINGS = [(name, tight) for name in RULES for tight in ((False, True) if name in TIGHT else (False,))]
cases = st.lists(st.tuples(entries(), accounts()), min_size=4, max_size=4)
FEW = settings(max_examples=12)


@pytest.fixture(params=SETTINGS, ids=lambda one: f"{one[0]} {'tight' if one[1] else 'default'}", scope="module")
def rule(request):
    name, tight = request.param
    return find("rule", name)(**(TIGHT[name] if tight else {}))


def room(rule, order, account):
    return rule.headroom(order, account, *rule.numbers())


def test_every_rule_has_its_place_in_the_order_and_a_law():
    assert set(RULES) <= set(ORDER)
    assert set(RULES) == set(LAWS)


@FEW
@given(order=entries(), account=accounts())
def test_it_always_answers_with_a_number(rule, order, account):
    assert not isnan(room(rule, order, account))


@FEW
@given(drawn=cases)
def test_what_it_lets_through_keeps_its_law(rule, drawn):
    for order, account in drawn:
        size = granted(rule, order, account)
        assert 0 <= size <= order.notional
        assert size == 0 or LAWS[rule.plugin_name](rule, order, account, size)


def test_it_lets_some_through_and_stops_some(rule):
    seen = set()

    @settings(max_examples=40)
    @given(drawn=cases)
    def draw(drawn):
        seen.update(granted(rule, order, account) == order.notional for order, account in drawn)

    draw()
    assert seen == {True, False}


@FEW
@given(order=entries(), account=accounts(), more=MONEY)
def test_more_money_never_gives_less_room(rule, order, account, more):
    richer = replace(account, equity=account.equity + more, cash=account.cash + more)
    assert room(rule, order, richer) >= room(rule, order, account)
    assert granted(rule, order, richer) >= granted(rule, order, account)


@FEW
@given(order=entries(), account=accounts(), more=MONEY, count=st.integers(0, 3))
def test_more_in_the_market_never_gives_more_room(rule, order, account, more, count):
    fuller = replace(
        account,
        exposure=account.exposure + more,
        symbol_exposure=account.symbol_exposure + more,
        positions=account.positions + count,
        pending=account.pending + count,
        orders_today=account.orders_today + 1,
        last_second_orders=account.last_second_orders + 1,
    )
    assert room(rule, order, fuller) <= room(rule, order, account)


@FEW
@given(drawn=cases)
def test_of_what_it_stops_it_says_a_number_beyond_its_limit(rule, drawn):
    for order, account in drawn:
        if granted(rule, order, account) < order.notional:
            value, limit, measure = rule.reading(order, account, *rule.numbers())
            told = measures_of(type(rule))[measure]
            assert isfinite(value) and isfinite(limit)
            assert told.said(value, limit)
            if told.name == "side":
                assert value <= 0
            else:
                assert value < limit if rule.plugin_name in AT_LEAST else value >= limit * (1 - 1e-9)


@FEW
@given(order=entries(), account=accounts())
def test_it_only_looks(rule, order, account):
    before = repr((asdict(order), asdict(account)))
    room(rule, order, account)
    rule.reading(order, account, *rule.numbers())
    assert repr((asdict(order), asdict(account))) == before


@pytest.mark.parametrize("name", RULES)
@FEW
@given(drawn=cases)
def test_compiled_and_plain_agree_to_the_last_bit(name, drawn):
    rule = find("rule", name)()
    plain = [room(rule, order, account) for order, account in drawn]
    given = (rows(Entry, [order for order, _ in drawn]), rows(AccountView, [account for _, account in drawn]))
    compiled = answers(type(rule).headroom, given, rule.numbers())
    assert all(same(a, b) for a, b in zip(plain, compiled, strict=True))


@pytest.mark.parametrize("name", ["order", "position", "exposure"])
@FEW
@given(account=accounts(), share=st.floats(0.01, 1), amount=st.floats(1, 1e6))
def test_of_a_share_and_an_amount_the_stricter_binds(name, account, share, amount):
    rule, order = find("rule", name), Entry(price=100.0, stop=100.0 - 1e-9)
    rest = find("rule", name)().numbers()[2:]
    both, one, other = (
        rule.headroom(order, account, *limit, *rest) for limit in ((share, amount), (share, inf), (inf, amount))
    )
    assert both == min(one, other)


def test_the_numbers_are_those_of_the_product() -> None:
    told = {name: find("rule", name)().model_dump(mode="json") for name in RULES}
    assert told == {
        "symbols": {"allow": []},
        "stop": {"max_distance": "15%"},
        "filters": {"minimum": "10 USDT"},
        "order": {"limit": "100%"},
        "position": {"limit": "100%", "risk": "1%"},
        "count": {"positions": 10, "per_symbol": 1},
        "exposure": {"limit": "100%"},
        "cash": {},
        "daily_loss": {
            "limit": "5%",
            "week": 2.0,
            "month": 4.0,
            "caution": "50%",
            "size": "50%",
            "kill": 1.5,
            "most": "15%",
        },
        "drawdown": {"limit": "15%"},
        "streak": {"losses": 3, "pause": "30m", "stop": 5, "cost": "3%"},
        "correlation": {"limit": "100%", "at": "70%", "warn": "60%", "days": 30, "least": 20, "refuse": False},
        "rate": {"per_second": 5, "per_day": 100},
        "collar": {"limit": "5%"},
        "stale": {"bars": 2.0},
    }


def test_presets_and_tiers_tighten_them() -> None:
    told = {preset: effective_rules(preset, tiers()[1], {}, {})["position"].plugin for preset in PRESETS}
    assert {preset: (str(rule.limit), float(rule.risk)) for preset, rule in told.items()} == {
        "tier": ("5%", 0.01),
        "strict": ("2%", 0.005),
        "aggressive": ("5%", 0.02),
    }
    sniper = effective_rules("tier", tiers()[1], {}, {})
    assert sniper["order"].plugin.limit.amount == 100
    assert sniper["daily_loss"].plugin.limit.amount == 25
    assert sniper["count"].plugin.positions == 1
