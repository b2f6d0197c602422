"""The review by all rules together: no entry gets beyond any of them, and who bound it says so, in both drivers."""

from dataclasses import astuple, replace
from functools import cache
from math import isfinite, nan
from types import SimpleNamespace

import numba
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptoflow.domain.records import AccountView, Entry, Line, Verdict
from cryptoflow.domain.review import CASH, Reading
from cryptoflow.domain.steps import Step
from cryptoflow.engine.batch.cache import OPTIONS
from cryptoflow.engine.batch.compile import callable_from_compiled, prepare, prepare_domain
from cryptoflow.engine.chains import namespace, source
from cryptoflow.engine.memory import record_of, rows, table
from cryptoflow.engine.plan import Verbs
from cryptoflow.engine.runtime.owner import plain_steps
from cryptoflow.pipelines.assemble import library
from cryptoflow.plugins.registry import find
from tests.contracts.laws import LAWS, accounts, entries

VERBS = Verbs((), library("rule", []), ())
RULES = [find("rule", step.name)() for step in VERBS.rules]
SETTINGS = [(1.0, *rule.numbers()) for rule in RULES]
STEPS = plain_steps(VERBS)
LOOP = """

def loop(entries, accounts, verdicts, lines, settings):
    for place in range(len(entries)):
        review(entries[place], accounts[place], verdicts[place], 1.0, 1, settings)
        tell(entries[place], accounts[place], verdicts[place], lines[place], settings)
"""


@st.composite
def calm(draw: st.DrawFn) -> tuple[Entry, AccountView]:
    """Draw an entry and an account that most rules have nothing against."""
    order = replace(draw(entries()), symbol_allowed=1, notional=draw(st.floats(20, 2000)), limit=nan)
    order.lot, order.stop, order.bar_at = 1e-8, order.price * draw(st.floats(0.9, 0.999)), order.at
    account = draw(accounts())
    equity = account.equity = draw(st.floats(1000, 1e5))
    account.cash, account.exposure = equity * draw(st.floats(0, 1)), equity * draw(st.floats(0, 1))
    account.symbol_exposure = account.strategy_exposure = account.exposure / 10
    account.positions, account.pending, account.symbol_positions = draw(st.integers(0, 10)), 0, 0
    account.orders_today, account.last_second_orders = draw(st.integers(0, 105)), draw(st.integers(0, 5))
    account.day_open_equity = equity * draw(st.floats(0.95, 1.06))
    account.week_open_equity = equity * draw(st.floats(0.95, 1.12))
    account.month_open_equity = equity * draw(st.floats(0.95, 1.25))
    account.peak_equity = equity * draw(st.floats(1, 1.2))
    return order, account


CASES = st.lists(st.one_of(calm(), st.tuples(entries(), accounts())), min_size=8, max_size=8)


def reviewed(order: Entry, account: AccountView) -> tuple[Verdict, Line]:
    verdict, line = Verdict(order.notional), Line()
    STEPS.review(order, account, verdict, 1.0, 1, SETTINGS)
    STEPS.tell(order, account, verdict, line, SETTINGS)
    return verdict, line


@cache
def compiled():
    prepare_domain()
    scope = namespace(VERBS, prepare)
    exec(source(VERBS) + LOOP, scope)
    callable_from_compiled(scope["review"])
    callable_from_compiled(scope["tell"])
    return numba.njit(**OPTIONS)(scope["loop"])


def test_no_verdict_lets_an_entry_beyond_any_rule_and_each_cut_says_its_two_numbers() -> None:
    bound: set[int] = set()

    @settings(max_examples=40)
    @given(drawn=CASES)
    def draw(drawn):
        for order, account in drawn:
            verdict, line = reviewed(order, account)
            assert 0 <= verdict.notional <= order.notional
            assert (verdict.rule == -1) == (verdict.notional == order.notional)
            assert isfinite(line.value) and isfinite(line.limit) and line.measure >= 0
            if verdict.notional > 0:
                for rule in RULES:
                    size = order.notional if rule.plugin_name == "filters" else verdict.notional
                    assert LAWS[rule.plugin_name](rule, order, account, size), rule.plugin_name
            bound.add(verdict.rule)

    draw()
    assert {-1, CASH} < bound
    assert len(bound) >= 9


def test_compiled_and_plain_reviews_agree_in_verdict_value_and_limit() -> None:
    @settings(max_examples=40)
    @given(drawn=CASES)
    def draw(drawn):
        orders, views = [order for order, _ in drawn], [account for _, account in drawn]
        verdicts = rows(Verdict, [Verdict(order.notional) for order in orders])
        lines = rows(Line, [Line()] * len(drawn))
        known = table(SETTINGS, max(map(len, SETTINGS)))
        compiled()(rows(Entry, orders), rows(AccountView, views), verdicts, lines, known)
        for (order, account), verdict, line in zip(drawn, verdicts, lines, strict=True):
            one, told = reviewed(order, account)
            assert astuple(record_of(Verdict, verdict)) == astuple(one)
            again = record_of(Line, line)
            assert (again.value, again.limit, again.measure) == (told.value, told.limit, told.measure)

    draw()


def always(answer):
    return lambda _order, _account: answer


def chained(*rules: SimpleNamespace) -> Verbs:
    """Return rules of a test, each what it answers as `room`, `factor` or `reading`."""
    verbs = []
    for rule in rules:
        told = {"size_factor": "factor", "reading": "reading"}
        further = {verb: always(getattr(rule, name)) for verb, name in told.items() if hasattr(rule, name)}
        verbs.append(Step("rule", always(rule.room), **further))
    return Verbs((), tuple(verbs), ())


def asked(*rules: SimpleNamespace) -> tuple[float, int, float, float]:
    """Review an entry of 100 by some rules: what is left, who bound it, and its value and limit."""
    steps = plain_steps(chained(*rules))
    order, account, verdict, line = Entry(notional=100.0), AccountView(equity=1e3, cash=1e3), Verdict(100.0), Line()
    settings = [(1.0, *([0.0] * 9))] * len(rules)
    steps.review(order, account, verdict, 1.0, 1, settings)
    steps.tell(order, account, verdict, line, settings)
    return verdict.notional, verdict.rule, line.value, line.limit


def test_the_smallest_room_binds_and_of_equals_the_earlier_rule() -> None:
    rooms = [SimpleNamespace(room=room) for room in (90.0, 40.0, 40.0, 60.0)]
    assert asked(*rooms) == (40.0, 1, 100.0, 40.0)


def test_size_factors_take_their_share_of_what_is_left_and_do_not_multiply() -> None:
    half, quarter = (SimpleNamespace(room=1e9, factor=factor) for factor in (0.5, 0.25))
    assert asked(half, quarter, SimpleNamespace(room=80.0)) == (20.0, 1, 100.0, 20.0)
    assert asked(SimpleNamespace(room=0.0), half)[:2] == (0.0, 0)


def test_an_answer_that_is_no_number_refuses_under_the_name_of_its_rule() -> None:
    fine, broken = SimpleNamespace(room=80.0), SimpleNamespace(room=nan)
    assert asked(fine, broken)[:2] == (0.0, 1)
    assert asked(fine, SimpleNamespace(room=80.0, factor=nan))[:2] == (0.0, 1)


def test_a_rule_without_a_reading_tells_what_was_wanted_and_left_and_one_with_tells_its_own() -> None:
    assert asked(SimpleNamespace(room=30.0))[2:] == (100.0, 30.0)
    assert asked(SimpleNamespace(room=30.0, reading=Reading(3.0, 2.0, 0)))[2:] == (3.0, 2.0)
