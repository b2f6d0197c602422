"""A spec tightens a rule and cannot loosen it, whichever setting of whichever rule it tries."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import BaseModel, ValidationError

from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.limits import effective_rules
from cryptoflow.pipelines.review.directions import Tag, judged
from cryptoflow.plugins.kinds import Rule
from cryptoflow.plugins.registry import built_in, find
from cryptoflow.spec.block import Spec
from cryptoflow.spec.risk import Risk
from cryptoflow.spec.shipped import tiers
from cryptoflow.spec.values import Duration, Limit, MisreadError, Money, Share
from tests.contracts.laws import accounts, entries, granted

SIDES: dict[str, dict[str, tuple[Any, Any]]] = {
    "stop": {"max_distance": ("1%", "90%")},
    "filters": {"minimum": ("1 USDT", "1000 USDT")},
    "order": {"limit": ("1% or 50 USDT", "100%")},
    "position": {"limit": ("1% or 50 USDT", "100%"), "risk": ("0.1%", "50%")},
    "count": {"positions": (1, 900), "per_symbol": (1, 90)},
    "exposure": {"limit": ("10%", "100%")},
    "daily_loss": {
        "limit": ("1% or 5 USDT", "100%"),
        "week": (1.1, 7.0),
        "month": (1.1, 31.0),
        "caution": ("10%", "100%"),
        "size": ("10%", "100%"),
        "kill": (1.1, 10.0),
        "most": ("5%", "100%"),
    },
    "drawdown": {"limit": ("1% or 5 USDT", "100%")},
    "streak": {"losses": (1, 90), "pause": ("1ms", "90d"), "stop": (1, 90), "cost": ("1%", "90%")},
    "correlation": {
        "limit": ("1%", "100%"),
        "at": ("10%", "99%"),
        "warn": ("10%", "99%"),
        "days": (20, 60),
        "least": (5, 30),
        "refuse": (False, True),
    },
    "rate": {"per_second": (1, 900), "per_day": (1, 9000)},
    "collar": {"limit": ("1%", "90%")},
    "stale": {"bars": (0.1, 90.0)},
}
"""A value on either side of every default, or the default itself where nothing lies beyond."""

FIELDS = [(name, field) for name in sorted(SIDES) for field in SIDES[name]]
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
    assert set(FIELDS) == all_of - LISTS


def told(rule: Any) -> tuple[str, ...]:
    return (*rule.smaller, *rule.larger)


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_the_stricter_value_of_a_spec_holds_and_the_looser_one_does_not(name: str, field: str) -> None:
    before = number(getattr(holds(name), field))
    tried = {}
    for side, value in zip(("lower", "higher"), SIDES[name][field], strict=True):
        more = {"days": 60} if (name, field) == ("correlation", "least") else {}
        asked = find("rule", name)(**{field: value} | more)
        tried[side] = number(getattr(asked, field)), number(getattr(holds(name, **asked_of(asked)), field))
    stricter, looser = ("higher", "lower") if field in find("rule", name).larger else ("lower", "higher")
    asked, found = tried[stricter]
    best = max if stricter == "higher" else min
    assert found == tuple(best(*pair) for pair in zip(asked, before, strict=True))
    assert tried[looser][1] == before


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_comparison_knows_which_way_is_the_stricter(name: str, field: str) -> None:
    strict, loose = SIDES[name][field][:: -1 if field in find("rule", name).larger else 1]
    key = f"risk.rules.{name}.{field}"
    assert judged(key, strict, loose, 1_000.0).tag is Tag.UP
    assert judged(key, loose, strict, 1_000.0).tag is Tag.DOWN


@pytest.mark.parametrize("block", ["resume", "flash_drop", "tilt", "warn_at"])
def test_a_comparison_judges_every_number_that_may_only_tighten(block: str) -> None:
    """What a spec may write is bounded by the default, so from the default on there is one way, and it is stricter."""
    for key, model, name in leaves(Risk, "risk"):
        if key.split(".")[1] == block:
            default = model.model_fields[name].get_default()
            (tighter,) = (each for each in others(default) if may_say(model, name, each))
            assert judged(key, written(default), written(tighter), 1_000.0).tag is Tag.DOWN, key
            assert judged(key, written(tighter), written(default), 1_000.0).tag is Tag.UP, key


def leaves(model: type[BaseModel], key: str) -> Iterator[tuple[str, type[BaseModel], str]]:
    for name, field in model.model_fields.items():
        own = f"{key}.{name}"
        if isinstance(field.annotation, type) and issubclass(field.annotation, Spec):
            yield from leaves(field.annotation, own)
        else:
            yield own, model, name


def others(default: Any) -> tuple[Any, ...]:
    """Something smaller, and something larger."""
    if isinstance(default, tuple):
        return tuple(zip(*map(others, default), strict=True))
    if isinstance(default, Duration):
        return tuple(Duration(f"{round(default * times)}ms") for times in (0.5, 2))
    if isinstance(default, Share):
        return tuple(Share(f"{100 * default * times:g}%") for times in (0.5, 1.25))
    return default * 0.5, default * 2


def may_say(model: type[BaseModel], name: str, value: Any) -> bool:
    try:
        model(**{name: value})
    except (ValidationError, CryptoflowError, MisreadError):
        return False
    return True


def written(value: Any) -> Any:
    return [*map(str, value)] if isinstance(value, tuple) else str(value) if isinstance(value, str) else value


def asked_of(rule: Any) -> dict[str, Any]:
    return {field: getattr(rule, field) for field in rule.model_fields_set}


@pytest.mark.parametrize(("name", "field"), FIELDS)
@pytest.mark.parametrize("side", [0, 1], ids=["lower", "higher"])
def test_whatever_a_spec_asks_no_entry_is_larger_than_by_default(name: str, field: str, side: int) -> None:
    more = {"days": 60} if (name, field) == ("correlation", "least") else {}
    usual, asked = holds(name), holds(name, **{field: SIDES[name][field][side]} | more)

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
