"""Plugins from files beside a spec decide the same in both drivers, or are told of before a run."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptoflow.cli.app import run
from cryptoflow.domain.records import Reason, Topic
from cryptoflow.engine.batch.run import run as batch
from cryptoflow.engine.plan import Outcome
from cryptoflow.engine.runtime.run import run as event
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.plugins.guests import admit
from tests.cli.projects import small
from tests.parity.draws import MINUTE, START, series

SPEC = Path(__file__).with_name("drivers") / "spec.yaml"

RULE = '''
from math import inf
from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.kinds import Rule
from cryptoflow.plugins.registry import rule


@rule("my_rule")
class MyRule(Rule):
    """Room by some arithmetic."""

    @staticmethod
    def headroom(order, account):
        {line}
        return {answer}
'''


@pytest.fixture(autouse=True)
def nobody_stays():
    yield
    admit([])


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def with_rule(project, line="room = inf", answer="room"):
    spec = small(project)
    spec.write_text(spec.read_text() + "plugins: [g.py]\nrisk: {rules: [{use: my_rule}]}\n")
    (spec.parent / "plugins").mkdir()
    (spec.parent / "plugins" / "g.py").write_text(RULE.format(line=line, answer=answer))
    return spec


def both(seed: int, *sets: str) -> Outcome:
    """Run the guests' spec through both drivers, hold them to each other, and return what happened."""
    plan = plan_of(resolve(SPEC, sets=sets), [START + 40 * MINUTE])
    one, other = batch(plan, [series(seed)]), event(plan, [series(seed)])
    assert one.tape.tobytes() == other.tape.tobytes()
    assert one.equity.tolist() == other.equity.tolist()
    assert one.wallet == other.wallet
    return one


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 999),
    slow=st.integers(3, 50),
    first=st.integers(1, 40),
    reserve=st.integers(0, 1010),
    slope=st.integers(0, 900),
)
def test_a_guest_of_every_kind_does_the_same_in_both_drivers(seed, slow, first, reserve, slope):
    both(
        seed,
        f"strategies.cross.with.slow={slow}",
        f"sizing.a={first}%",
        f"risk.rules=[{{use: my_root, reserve: {reserve}}}]",
        f"execution.costs.slippage.slope={slope} bps",
    )


def test_a_rule_that_raises_refuses_under_its_own_name_in_both_drivers():
    tape = both(3, "risk.rules=[{use: my_root, reserve: 5000}]").tape
    told = tape[tape["topic"] == Topic.REFUSED]
    rules = plan_of(resolve(SPEC), [0]).verbs.rules
    assert len(told) > 3
    assert {(reason, rules[rule].name) for reason, rule in zip(told["reason"], told["rule"], strict=True)} == {
        (Reason.RULE, "my_root")
    }


def test_a_rule_the_compiler_refuses_runs_in_the_event_driver_and_the_run_says_so(project, capsys):
    spec = with_rule(project, "room = (inf, 0.0) if order.adds == 0 else 0.0", "room[0]")
    said = "g.py: rule my_rule cannot be compiled, so the slower event driver ran: same results"
    assert run(["backtest", str(spec)]) == 0
    assert said in capsys.readouterr().err
    assert run(["backtest", str(spec), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["engine"] == "event"
    assert found["metrics"]["trades"] > 3
    assert said in Path(found["artifacts"]["report"]).read_text()


def test_the_event_driver_works_out_costs_by_itself(project, monkeypatch, capsys):
    monkeypatch.setattr("cryptoflow.engine.batch.run.run", None)
    assert run(["backtest", str(with_rule(project)), "--engine", "event", "-q"]) == 0
    assert "small-" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("room = 100.0 / account.positions", "division"),
        ("room = 100.0 / 0", "division"),
        ("room = order.price ** 2", "Pow"),
        ("room = sum((order.price, 1.0))", "call of sum"),
    ],
)
def test_arithmetic_that_differs_between_the_drivers_is_a_mistake_in_its_line(project, capsys, line, told):
    spec = with_rule(project, line)
    assert run(["validate", str(spec), "--json"]) == 3
    (file,) = json.loads(capsys.readouterr().out)["files"]
    (error,) = file["errors"]
    assert error["what"] == f"rule my_rule: {told} is not the same in compiled and in plain Python"
    assert (error["file"], error["line"], error["column"]) == ("configs/plugins/g.py", 14, 16)
    assert error["fix"]


def test_a_division_by_a_number_that_is_not_zero_is_fine(project):
    assert run(["validate", str(with_rule(project, "room = ratio(order.price, account.cash) / 2"))]) == 0
