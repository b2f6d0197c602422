"""Plugins from files beside a spec decide the same in both drivers, or are told of before a run."""

import json
from pathlib import Path

import pyarrow.parquet as parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptoflow.cli.app import run
from cryptoflow.domain.codes import Reason, Topic
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
from math import exp, floor, inf, log, sqrt, tanh
from cryptoflow.domain.numbers import exp_of, log_of, ratio, root
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


SLIPPAGE = '''
from cryptoflow.plugins.kinds import Slippage
from cryptoflow.plugins.registry import slippage


@slippage("my_loss")
class MyLoss(Slippage):
    """A loss by some arithmetic."""

    @staticmethod
    def cost(side, price, quantity, volume):
        lost = (0.01, 0.02)
        return {answer}
'''


COMPILES = pytest.mark.long
"""The decision compiles anew with each guest, for half a minute; one of each kind of answer is tried every time."""


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
    spec.write_text(spec.read_text() + "plugins: [g.py]\ncapital: 2500 USDT\nrisk: {rules: [{use: my_rule}]}\n")
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


def test_a_rule_without_an_answer_refuses_under_its_own_name_in_both_drivers():
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


@pytest.mark.parametrize("engine", [pytest.param("batch", marks=COMPILES), "event"])
def test_a_rule_that_answers_no_number_refuses_under_its_own_name(project, capsys, engine):
    spec = with_rule(project, "room = (inf, 0.0)")
    assert run(["backtest", str(spec), "--engine", engine, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    orders = parquet.read_table(found["artifacts"]["orders"])
    assert set(orders["rule"].to_pylist()) == {"my_rule"}
    assert found["guards"]["refused"] == len(orders) > 3


@pytest.mark.parametrize(
    ("answer", "told", "line"),
    [
        ("lost", "slippage my_loss: cost returned (0.01, 0.02), a tuple, but is to return a share of the price", 10),
        pytest.param("lost[2]", "slippage my_loss raised IndexError: tuple index out of range", 13, marks=COMPILES),
    ],
)
def test_a_slippage_without_an_answer_ends_the_run_with_its_line(project, capsys, answer, told, line):
    spec = with_rule(project)
    (spec.parent / "plugins" / "s.py").write_text(SLIPPAGE.format(answer=answer))
    with_it = ["--set", "plugins=[g.py, s.py]", "--set", "execution.costs.slippage.use=my_loss"]
    assert run(["backtest", str(spec), *with_it, "--json"]) == 3
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert (error["what"], error["file"], error["line"]) == (told, "configs/plugins/s.py", line)


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
        ("room = exp(account.equity)", "exp of what it may not be defined for"),
        ("room = log(account.exposure)", "log of what it may not be defined for"),
        ("room = sqrt(account.cash)", "sqrt of what it may not be defined for"),
        ("room = floor(account.cash)", "floor of what it may not be defined for"),
        ("room = None", "None"),
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


@pytest.mark.parametrize(
    "line",
    [
        "room = ratio(order.price, account.cash) / 2",
        "room = root(account.cash) + log_of(account.exposure) + exp_of(account.equity)",
        "room = tanh(account.equity)",
    ],
)
def test_arithmetic_that_never_raises_is_fine(project, line):
    assert run(["validate", str(with_rule(project, line))]) == 0


@pytest.mark.parametrize(("name", "twin"), [("sqrt", "root"), ("log", "log_of"), ("exp", "exp_of"), ("floor", "int")])
def test_what_raises_is_told_with_what_does_not(project, capsys, name, twin):
    assert run(["validate", str(with_rule(project, f"room = {name}(account.cash)"))]) == 3
    assert f"{twin}(x)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "answer", "at"),
    [
        ("room = inf", "None", 15),
        ("room = inf", "None if account.positions else room", 15),
        ("if order.adds: return", "inf", 14),
        ("for number in range(3):", "inf", 13),
        ("if order.adds:\n            return 1.0\n        elif account.positions:", "inf", 13),
    ],
)
def test_a_rule_that_may_return_nothing_is_a_mistake_in_its_line(project, capsys, line, answer, at):
    spec = with_rule(project, line, answer)
    guest = spec.parent / "plugins" / "g.py"
    if line.endswith(":"):
        guest.write_text(guest.read_text().replace("        return inf\n", "            return inf\n"))
    assert run(["validate", str(spec), "--json"]) == 3
    (file,) = json.loads(capsys.readouterr().out)["files"]
    (error,) = file["errors"]
    assert error["what"] == "rule my_rule: headroom returns nothing"
    assert (error["file"], error["line"]) == ("configs/plugins/g.py", at)
    assert error["fix"] == "let every way through it end with `return` and a number"
