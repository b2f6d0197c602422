"""A spec tightens a rule and cannot loosen it, whichever setting of whichever rule it tries."""

from typing import Any

import pytest
from hypothesis import given, settings

from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.pipelines.limits import effective_rules
from cryptoflow.plugins.kinds import Rule
from cryptoflow.plugins.registry import built_in, find
from cryptoflow.spec.shipped import tiers
from cryptoflow.spec.values import Limit, Money
from tests.contracts.laws import accounts, entries, granted

LOWER: dict[str, dict[str, Any]] = {
    "stop": {"max_distance": "1%"},
    "filters": {"minimum": "1 USDT"},
    "order": {"limit": "1% or 50 USDT"},
    "position": {"limit": "1% or 50 USDT", "risk": "0.1%"},
    "count": {"positions": 1, "per_symbol": 1},
    "exposure": {"limit": "10%"},
    "daily_loss": {
        "limit": "1% or 5 USDT",
        "week": 1.1,
        "month": 1.1,
        "caution": "10%",
        "size": "10%",
        "kill": 1.1,
        "most": "5%",
    },
    "drawdown": {"limit": "1% or 5 USDT"},
    "streak": {"losses": 1, "pause": "1ms", "stop": 1, "cost": "1%"},
    "correlation": {"limit": "1%", "at": "10%", "warn": "10%", "days": 20, "least": 5, "refuse": False},
    "rate": {"per_second": 1, "per_day": 1},
    "collar": {"limit": "1%"},
    "stale": {"bars": 0.1},
}
HIGHER: dict[str, dict[str, Any]] = {
    "stop": {"max_distance": "90%"},
    "filters": {"minimum": "1000 USDT"},
    "order": {"limit": "100%"},
    "position": {"limit": "100%", "risk": "50%"},
    "count": {"positions": 900, "per_symbol": 90},
    "exposure": {"limit": "100%"},
    "daily_loss": {
        "limit": "100%",
        "week": 7.0,
        "month": 31.0,
        "caution": "100%",
        "size": "100%",
        "kill": 10.0,
        "most": "100%",
    },
    "drawdown": {"limit": "100%"},
    "streak": {"losses": 90, "pause": "90d", "stop": 90, "cost": "90%"},
    "correlation": {"limit": "100%", "at": "99%", "warn": "99%", "days": 60, "least": 30, "refuse": True},
    "rate": {"per_second": 900, "per_day": 9000},
    "collar": {"limit": "90%"},
    "stale": {"bars": 90.0},
}
"""A value on either side of every default, or the default itself where nothing lies beyond."""

FIELDS = [(name, field) for name in sorted(LOWER) for field in LOWER[name]]
LISTS = {("symbols", "allow")}
"""Settings that are no numbers: of a list that is empty without a spec, any is the stricter."""


def holds(name: str, **asked: Any) -> Rule:
    """The rule that holds in the highest tier, as a spec asks for it or leaves it alone."""
    plugin = {name: find("rule", name)(**asked)} if asked else {}
    found = effective_rules("tier", tiers()[4], plugin, {})[name].plugin
    assert isinstance(found, Rule)
    return found


def number(value: Any) -> tuple[float, ...]:
    return (value.share, value.amount) if isinstance(value, Limit) else (float(value),)


def test_every_setting_of_every_rule_says_which_way_is_the_stricter() -> None:
    all_of = {(name, field) for name in built_in("rule") for field in find("rule", name).model_fields}
    said = [(name, field) for name in built_in("rule") for rule in [find("rule", name)] for field in told(rule)]
    assert sorted(said) == sorted(all_of - LISTS)
    assert set(FIELDS) == all_of - LISTS == {(name, field) for name in HIGHER for field in HIGHER[name]}


def told(rule: Any) -> tuple[str, ...]:
    return (*rule.smaller, *rule.larger)


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=".".join)
def test_the_stricter_value_of_a_spec_holds_and_the_looser_one_does_not(name: str, field: str) -> None:
    before = number(getattr(holds(name), field))
    tried = {}
    for side, table in (("lower", LOWER), ("higher", HIGHER)):
        more = {"days": 60} if (name, field) == ("correlation", "least") else {}
        asked = find("rule", name)(**{field: table[name][field]} | more)
        tried[side] = number(getattr(asked, field)), number(getattr(holds(name, **asked_of(asked)), field))
    stricter, looser = ("higher", "lower") if field in find("rule", name).larger else ("lower", "higher")
    asked, found = tried[stricter]
    best = max if stricter == "higher" else min
    assert found == tuple(best(*pair) for pair in zip(asked, before, strict=True))
    assert tried[looser][1] == before


def asked_of(rule: Any) -> dict[str, Any]:
    return {field: getattr(rule, field) for field in rule.model_fields_set}


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=".".join)
@pytest.mark.parametrize("table", [LOWER, HIGHER], ids=["lower", "higher"])
def test_whatever_a_spec_asks_no_entry_is_larger_than_by_default(
    name: str, field: str, table: dict[str, dict[str, Any]]
) -> None:
    more = {"days": 60} if (name, field) == ("correlation", "least") else {}
    usual, asked = holds(name), holds(name, **{field: table[name][field]} | more)

    @settings(max_examples=25, deadline=None)
    @given(order=entries(), account=accounts())
    def draw(order: Entry, account: AccountView) -> None:
        assert granted(asked, order, account) <= granted(usual, order, account)

    draw()


def test_a_spec_cannot_take_back_a_pause_nor_what_moves_alike() -> None:
    assert str(holds("streak", pause="1ms").pause) == "30m"  # type: ignore[attr-defined]
    assert str(holds("streak", pause="4h").pause) == "4h"  # type: ignore[attr-defined]
    assert holds("filters", minimum="1 USDT").minimum == Money("10 USDT")  # type: ignore[attr-defined]
    assert holds("correlation", days=10, least=5).days == 30  # type: ignore[attr-defined]
