"""The numbers of tilt and of warnings are settings that may be stricter than they are, and never looser."""

from dataclasses import asdict
from pathlib import Path

import pytest

from cryptoflow.domain.calendar import DAY, MINUTE
from cryptoflow.domain.discipline.nearing import near
from cryptoflow.domain.propose import view_discipline
from cryptoflow.domain.tilt.conduct import Conduct, due
from cryptoflow.domain.tilt.levels import RESTRICTED
from cryptoflow.domain.tilt.lockouts import length_of
from cryptoflow.domain.tilt.records import DEFAULTS
from cryptoflow.domain.tilt.signs import level_due, nearness, show
from cryptoflow.engine.plan import Plan
from cryptoflow.engine.runtime.owner import Owner
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.explaining.risk import risk
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.resolved import Resolved

SPEC = """\
cryptoflow: 1
name: example
market: {{venue: binance, symbols: [BTC/USDT], timeframe: 1h, filters: none}}
capital: 9000 USDT
strategies: [{{id: one, file: one.yaml}}]
sizing: {{use: fraction, share: 10%}}
risk:
  {risk}
"""
STRATEGY = """\
cryptoflow: 1
strategy: one
enter_long: close > open
exit_long: close < open
stop_loss: 2%
"""
STRICT = """\
warn_at: 60%
  tilt:
    caution: {at: 1, lasts: 10m}
    restricted: {at: 2, lasts: 1h, size: 25%}
    locked: {at: 3, lasts: 2d}
    sensitivity: {near: 2, nearer: 4, nearest: 6}
    repeated: 2
    longest: 14d
"""


def resolved(folder: Path, said: str) -> Resolved:
    (folder / "spec.yaml").write_text(SPEC.format(risk=said))
    (folder / "one.yaml").write_text(STRATEGY)
    return resolve(folder / "spec.yaml")


def planned(folder: Path, said: str) -> Plan:
    return plan_of(resolved(folder, said), [0])


def test_what_nobody_sets_is_as_the_tables_say(tmp_path: Path) -> None:
    plan = planned(tmp_path, "preset: tier")
    assert plan.tilt == DEFAULTS
    assert {tier.warn_at for tier in plan.tiers} == {0.8}


def test_stricter_numbers_are_those_that_hold(tmp_path: Path) -> None:
    plan = planned(tmp_path, STRICT)
    limits = plan.tilt
    assert all(asdict(limits)[name] != value for name, value in asdict(DEFAULTS).items())
    assert [level_due(weight, limits) for weight in (0.9, 1.0, 1.9, 2.0, 2.9, 3.0)] == [0, 1, 1, 2, 2, 3]
    assert [length_of(level, 0, limits) for level in (1, 2, 3)] == [10 * MINUTE, 60 * MINUTE, 2 * DAY]
    assert [length_of(3, repeats, limits) // DAY for repeats in (1, 2, 3)] == [4, 8, 14]
    assert [nearness(equity, 1000.0, limits) for equity in (899.0, 900.0, 950.0, 980.0)] == [1.0, 2.0, 4.0, 6.0]
    tier = plan.tiers[plan.tier]
    assert [near(used, 50.0, tier.warn_at) for used in (29.9, 30.0)] == [False, True]


def test_a_restricted_account_keeps_what_is_set_of_its_size(tmp_path: Path) -> None:
    found = []
    for said in ("preset: tier", STRICT):
        owner = Owner(planned(tmp_path, said))
        owner.state.tilt.state = RESTRICTED
        view_discipline(owner.state, 0, owner.tables)
        found.append(owner.state.account.size)
    assert found == [0.5, 0.25]


def test_a_level_is_due_sooner_where_that_is_set(tmp_path: Path) -> None:
    conduct, limits = Conduct(), planned(tmp_path, STRICT).tilt
    show(conduct.tilt, conduct.signs, 1, DAY, 2 * DAY, 0.0)
    assert due(conduct, DAY, {}) == ()
    (raised,) = due(conduct, DAY, {}, limits)
    assert (raised.level, raised.until) == ("caution", DAY + 10 * MINUTE)  # type: ignore[attr-defined]  # what the event has


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("warn_at: 81%", "warn_at"),
        ("tilt: {caution: {at: 2.1}}", "at"),
        ("tilt: {caution: {lasts: 299s}}", "lasts"),
        ("tilt: {restricted: {at: 4.1}}", "at"),
        ("tilt: {restricted: {lasts: 29m}}", "lasts"),
        ("tilt: {restricted: {size: 51%}}", "size"),
        ("tilt: {locked: {at: 6.1}}", "at"),
        ("tilt: {locked: {lasts: 23h}}", "lasts"),
        ("tilt: {sensitivity: {near: 1.4}}", "near"),
        ("tilt: {sensitivity: {nearer: 1.9}}", "nearer"),
        ("tilt: {sensitivity: {nearest: 2.9}}", "nearest"),
        ("tilt: {repeated: 1.4}", "repeated"),
        ("tilt: {longest: 6d}", "longest"),
    ],
)
def test_a_looser_number_is_refused_with_its_line(tmp_path: Path, said: str, key: str) -> None:
    with pytest.raises(CryptoflowError) as refused:
        resolved(tmp_path, said)
    assert refused.value.code == ExitCode.INVALID
    text = str(refused.value)
    assert "spec.yaml:8" in text
    assert key in text


def test_explain_risk_shows_them(tmp_path: Path) -> None:
    told = risk(resolved(tmp_path, STRICT))
    values = {each.key: each.value for each in told.values}
    assert values["risk.tilt.restricted.size"] == "25%"
    assert values["risk.tilt.longest"] == "14d"
    assert values["risk.tilt.sensitivity.nearest"] == 6
    assert told.near == 0.6
    assert next(each.sizes for each in told.phases if each.when == "restricted for tilt") == (0.25,)
