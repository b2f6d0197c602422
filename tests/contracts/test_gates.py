"""What every gate promises, built in now or later."""

import json
from dataclasses import asdict, replace
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings

from cryptoflow.domain.discipline.gates import Finding
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.engine.memory import rows
from cryptoflow.pipelines.explaining.ceilings import shipped
from cryptoflow.pipelines.gates import gates_of
from cryptoflow.plugins.registry import built_in, find
from tests.contracts.compiling import findings, same
from tests.contracts.evidence import CASES, NOTHING, Record, daily, records, stopped

GATES = sorted(built_in("gate"))
AROUND = [
    pytest.param(name, value, met, id=f"{name} {value:g} {'met' if met else 'not met'}")
    for name, case in CASES.items()
    for met, values in ((1, case.enough), (0, case.short))
    for value in values
]
FEW = settings(max_examples=12)
TABLE = [gates_of(tree) for tree in shipped().trees]


def plugin(name, **over):
    return find("gate", name).model_validate_json(json.dumps({**CASES[name].settings, **over}), strict=True)


def found(gate, record):
    return gate.finding(*record, *gate.numbers())


def test_every_gate_has_a_case_and_a_tier_that_asks_it():
    assert set(GATES) == set(CASES)
    assert set(GATES) == {name for asked in TABLE for name in asked}


@pytest.mark.parametrize(("name", "value", "met"), AROUND)
def test_it_is_met_from_its_limit_on_and_not_before(name, value, met):
    case, gate = CASES[name], plugin(name)
    finding = found(gate, case.showing(value))
    assert finding.met == met
    assert finding.value == pytest.approx(value, rel=1e-14, abs=1e-14)
    assert finding.needed == case.needed


@pytest.mark.parametrize("name", GATES)
def test_what_nothing_can_show_is_never_met(name):
    whole = replace(NOTHING.evidence, kept=64, stop_outs=16)
    for evidence in (NOTHING.evidence, whole):
        finding = found(plugin(name), NOTHING._replace(evidence=evidence))
        assert finding.met == 0
        assert finding.needed == CASES[name].needed


@pytest.mark.parametrize("name", GATES)
@FEW
@given(record=records())
def test_whether_it_is_met_follows_from_its_two_numbers(name, record):
    value, needed, met = found(plugin(name), record)
    most, over = name in ("fill_impact", "month_drawdown"), name in ("sharpe", "day_loss", "equity_below")
    assert met == int(value <= needed if most else value > needed if over else value >= needed)


@pytest.mark.parametrize("name", GATES)
@FEW
@given(record=records())
def test_it_only_looks(name, record):
    before = repr(asdict(record.evidence))
    assert isinstance(found(plugin(name), record), Finding)
    assert repr(asdict(record.evidence)) == before


def test_compiled_and_plain_agree_to_the_last_bit():
    gates = [plugin(name) for name in GATES]
    around = [case.showing(value) for case in CASES.values() for value in (*case.enough, *case.short) if value < inf]
    cases = [NOTHING, *around, *drawn(100)]
    given = (rows(Evidence, [each.evidence for each in cases]), *(np.array(each) for each in columns(cases)))
    compiled = findings([type(gate).finding for gate in gates], given, [gate.numbers() for gate in gates])
    for gate, answers in zip(gates, compiled, strict=True):
        for record, answer in zip(cases, answers, strict=True):
            plain = found(gate, record)
            assert all(same(a, b) for a, b in zip(plain, answer, strict=True)), (gate, plain, answer)


def columns(cases):
    return [each.days for each in cases], [each.stops for each in cases]


def drawn(count):
    kept = []

    @settings(max_examples=count)
    @given(record=records())
    def draw(record):
        kept.append(record)

    draw()
    return kept


def test_stop_outs_count_only_those_of_their_time_and_all_of_them():
    gate = plugin("stop_outs")
    assert [found(gate, stopped(hours, 0.05)).met for hours in ((1, 10, 24), (1, 10, 24.1), (1, 10))] == [1, 0, 0]
    assert found(gate, stopped((1, 2, 3, 4, 5), 0.0301)).met == 1
    assert found(gate, stopped((1, 2, 3, 40, 50), 0.045)).value == pytest.approx(0.027)


def test_days_that_lost_too_much_follow_each_other_and_today_is_one_of_them():
    gate = plugin("day_losses")
    today = daily([-0.06, -0.06], day=-0.06)
    assert [found(gate, each).met for each in (today, daily([-0.06, 0.01, -0.06, -0.06], day=-0.06))] == [1, 0]
    assert found(gate, daily([-0.06, -0.06], day=-0.05)).value == 2


def test_a_tilt_score_sends_down_only_while_something_is_held():
    assert [found(plugin("tilt_score"), Record(Evidence(tilt=100.0, positions=held))).met for held in (0, 1)] == [0, 1]


def test_of_win_rate_and_profit_factor_either_is_enough():
    gate = plugin("win_rate_or_profit_factor")
    often = Evidence(trades=100, wins=50, gained=1.0, lost=1.0)
    flawless = Evidence(trades=1, wins=1, gained=1.0)
    neither = replace(often, wins=49, gained=1.99)
    assert [found(gate, Record(each)).met for each in (often, flawless, neither, Evidence())] == [1, 1, 0, 0]


def test_profit_of_one_strategy_alone_is_no_profit_of_three():
    gate = plugin("strategies_in_profit")
    several = [Evidence(strategies_in_profit=4, largest_share=share) for share in (0.4, 0.401, nan)]
    assert [found(gate, Record(each)).met for each in several] == [1, 0, 0]


def test_probes_that_are_not_asked_for_do_not_matter():
    gate = plugin("evidence", of=["lookahead"])
    assert [found(gate, Record(Evidence(lookahead=passed))).met for passed in (1.0, 0.0, nan)] == [1, 0, 0]


@pytest.mark.parametrize(
    ("record", "readiness"),
    [
        (daily([0.01] * 28, days=30.0, trades=100), 100.0),
        (daily([0.01] * 28, days=15.0, trades=0), 100 - 75 / 4),
        (daily([0.01] * 28, days=90.0, trades=900, tilt=80.0), 100 - 50 / 4),
        (daily([0.01] * 28, days=30.0, trades=100, tilt_severe=1, tilt_medium=2, tilt_light=1), 100 - 40 / 4),
        (daily([0.01] * 28, days=30.0, trades=100, tilt_severe=9), 75.0),
        (daily([0.01] * 21 + [-0.001] * 7, days=30.0, trades=100), 100 - 50 / 4),
        (daily([-0.01] * 28, days=30.0, trades=100), 50.0),
        (daily([0.01, 0.02] * 14, days=30.0, trades=100), 100.0),
        (daily([0.0, 0.02] * 14, days=30.0, trades=100), 100 - 50 / 4),
        (daily([0.01] * 27, days=30.0, trades=100), nan),
    ],
)
def test_readiness_is_the_mean_of_its_four_parts(record, readiness):
    assert found(plugin("readiness", step=0.5), record).value == pytest.approx(readiness, nan_ok=True)


def test_readiness_knows_the_days_and_trades_that_its_tier_asks_for():
    asking = [asked for asked in TABLE if "readiness" in asked]
    assert len(asking) == 3
    for asked in asking:
        ready = asked["readiness"].gate
        assert (ready.days, ready.trades) == (asked["days_in_tier"].gate.min, asked["trades"].gate.min)
