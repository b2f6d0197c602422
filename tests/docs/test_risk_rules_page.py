"""The page on discipline says what rules do: each example is reviewed, with the settings of a real spec."""

import re
from collections.abc import Iterator
from functools import cache
from math import inf, nan
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from cryptoflow.cli import app
from cryptoflow.domain.codes import Guard
from cryptoflow.domain.discipline.watching import look, settle
from cryptoflow.domain.records import AccountView, Entry, Line, Verdict
from cryptoflow.domain.steps import Step
from cryptoflow.engine.plan import Plan, Verbs
from cryptoflow.engine.runtime.owner import fresh_state, plain_steps, tables_of
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.measure import why_of, words_of
from cryptoflow.pipelines.reasons import said
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.plugins.registry import built_in
from cryptoflow.plugins.rules import ORDER
from cryptoflow.spec.shipped import configs

PAGE = (Path(__file__).parents[2] / "docs" / "discipline.md").read_text(encoding="utf-8")
RULES = PAGE.partition("\n## Risk rules\n")[2].partition("\n## ")[0]
MINUTE = 60_000
DAY = 24 * 60 * MINUTE
NOW = 100 * DAY
SYMBOLS = ("BTC/USDT", "ETH/USDT")
SPEC = """\
cryptoflow: 1
name: example
market: {{venue: binance, symbols: [BTC/USDT, ETH/USDT], timeframe: 1h}}
period: 2024-01-01..2024-02-01
capital: 100000 USDT
sources: {{history: {{use: synthetic}}}}
strategies: [{{id: one, file: one.yaml}}]
risk: {{preset: aggressive, rules: [{given}]}}
"""
STRATEGY = "{cryptoflow: 1, strategy: one, enter_long: close > open}"
HELD = {"held": "symbol_exposure", "in_symbol": "symbol_positions", "orders_now": "last_second_orders"}
OPENED = {"day_open": "day_open_equity", "week_open": "week_open_equity", "month_open": "month_open_equity"}
HELD |= OPENED | {"peak": "peak_equity", "alike": "correlated_exposure"}
WANTED = {"wanted": "notional", "smallest": "min_notional"}
"""What the page calls fields of the account and of the entry by shorter names."""


class Example(NamedTuple):
    """A block of a spec, an account with an entry, and what is said of it."""

    given: str
    when: dict[str, Any]
    then: str


def told(part: str) -> Iterator[Any]:
    """Every example of a rule on the page, of one list: verdicts, or what happens at the close."""
    for section in re.split(r"\n#### ", RULES)[1:]:
        heading = section.partition("\n")[0].strip("`")
        for block in re.findall(r"```yaml\n(.*?)```", section, re.DOTALL):
            given = re.search(r"^given: (.*)$", block, re.MULTILINE)
            assert given is not None
            for each in yaml.safe_load(block).get(part, []):
                assert yaml.safe_load(given[1])["use"] == heading
                yield pytest.param(Example(given[1], each["when"], each["then"]), id=f"{heading} {each['when']}")


@cache
def plan(given: str, folder: Path) -> Plan:
    """The plan of a spec with this block among its rules."""
    (folder / "one.yaml").write_text(STRATEGY)
    file = folder / f"spec{abs(hash(given))}.yaml"
    file.write_text(SPEC.format(given=given))
    return plan_of(resolve(file), [0, 0])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rules")


def number(value: Any) -> Any:
    """A number, or a percentage as a share; `none` is no number."""
    if value == "none":
        return nan
    return float(value.rstrip("%")) / 100 if isinstance(value, str) else value


def entry(when: dict[str, Any], plan: Plan) -> Entry:
    """The entry of an example."""
    asked = {"price": 100.0, "stop": 98.0, "last": 100.0, "notional": 100.0, "lot": 0.0, "at": NOW, "timeframe": MINUTE}
    asked["bar_at"] = NOW - int(when.get("age", 0) * MINUTE)
    names = {**{name: name for name in Entry.__slots__}, **WANTED}
    asked |= {names[key]: number(value) for key, value in when.items() if key in names and key != "symbol"}
    symbol = SYMBOLS.index(when.get("symbol", SYMBOLS[0]))
    return Entry(symbol=symbol, symbol_allowed=plan.markets[symbol].allowed, **asked)


def account(when: dict[str, Any]) -> AccountView:
    """The account of an example: what it opened with is what it has, where nothing else is said."""
    equity = when.get("equity", 1000.0)
    has = {"equity": equity, "cash": equity, "peak_equity": equity, **dict.fromkeys(OPENED.values(), equity)}
    names = {**{name: name for name in AccountView.__slots__}, **HELD}
    has |= {names[key]: number(value) for key, value in when.items() if key in names}
    if "since_loss" in when:
        has["last_loss_at"] = NOW - int(when["since_loss"] * MINUTE)
    return AccountView(**has)


def verdict(order: Entry, has: AccountView, verbs: Verbs, settings: Any) -> str:
    """What the rules say of an entry, in the words of a report."""
    steps, found, line = plain_steps(verbs), Verdict(order.notional), Line()
    steps.review(order, has, found, inf, 1, settings)
    if found.rule < 0:
        return "approved"
    steps.tell(order, has, found, line, settings)
    name = "cash" if found.rule >= len(verbs.rules) else verbs.rules[found.rule].name
    head = f"reduced to {found.notional:,.2f}" if found.notional > 0 else "refused"
    return f"{head}: {said(name, line.value, line.limit, line.measure)}"


@pytest.mark.parametrize("example", [*told("examples")])
def test_an_example_of_a_rule_is_reviewed_as_it_says(example: Example, folder: Path) -> None:
    made = plan(example.given, folder)
    use = yaml.safe_load(example.given)["use"]
    alone = tuple(
        row if step.name == use else (0.0,)
        for step, row in zip(made.verbs.rules, made.rule_settings[made.tier], strict=True)
    )
    assert verdict(entry(example.when, made), account(example.when), made.verbs, alone) == example.then


@pytest.mark.parametrize("example", [*told("ladder")])
def test_an_example_of_a_limit_of_the_account_happens_at_the_close(example: Example, folder: Path) -> None:
    made = plan(example.given, folder)
    run, tables, when = fresh_state(made), tables_of(made), example.when
    has = account(when)
    run.wallet.equity, run.wallet.day, run.wallet.day_open = has.equity, NOW // DAY, has.day_open_equity
    run.standing.tier, run.standing.day_base = made.tier, has.day_open_equity
    run.halt.high = max(has.peak_equity, has.equity)
    run.streak.losses, run.streak.cost = when.get("losses", 0), when.get("cost", 0.0)
    for tier in tables.tiers:
        tier.low = 0.0
    if "day_open" in when:
        run.halt.high = has.equity  # the fall is another example's
    look(run, tables, plain_steps(made.verbs), NOW)
    lines = [{"reason": each.reason, "rule": each.rule, "value": each.value, "limit": each.limit} for each in run.tape]
    acts = [
        f"{words_of(Guard(line['reason']), line)}, {why_of(Guard(line['reason']), line, made)}"
        for line in lines[: run.wallet.lines]
    ]
    assert acts == {"nothing": []}.get(example.then, example.then.split(" + "))


def test_a_warning_is_told_once_for_each_day_and_anew_on_the_next(folder: Path) -> None:
    made = plan("{use: daily_loss, limit: 5%}", folder)
    run, tables, steps = fresh_state(made), tables_of(made), plain_steps(made.verbs)
    run.wallet.day, run.wallet.day_open = NOW // DAY, 100_000.0
    told = []
    for hours, equity in ((1, 99_300.0), (2, 99_100.0), (3, 99_050.0), (25, 98_900.0), (26, 98_000.0)):
        run.wallet.equity = equity
        settle(run, tables, steps, NOW + hours * 60 * MINUTE)
        told.append([Guard(line.reason) for line in run.tape[: run.wallet.lines]])
        run.wallet.lines = 0
    assert told == [[], [Guard.WARNED], [], [], [Guard.WARNED]]  # the limit of the tier is 1,000 a day


def test_symbols_that_move_alike_are_those_of_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    (told,) = re.findall(r"```text\n(symbols that move alike.*?)```", RULES, re.DOTALL)
    assert app.run(["explain", "risk", str(configs() / "coins_breakout.yaml")]) == 0
    assert told in capsys.readouterr().out


def raising(_order: Entry, _account: AccountView) -> float:
    return 1.0 / 0.0


def wordless(_order: Entry, _account: AccountView) -> float:
    return nan


@pytest.mark.parametrize("headroom", [raising, wordless])
def test_a_rule_that_fails_refuses_under_its_own_name(headroom: Any, folder: Path) -> None:
    made = plan("{use: cash}", folder)
    verbs = made.verbs._replace(rules=(*made.verbs.rules, Step("mine", headroom)))
    off = ((0.0,),) * len(made.verbs.rules)
    found = Verdict(100.0)
    plain_steps(verbs).review(entry({}, made), account({}), found, inf, 1, (*off, (1.0,)))
    assert (found.notional, verbs.rules[found.rule].name) == (0.0, "mine")


def test_every_rule_has_its_examples_in_the_order_in_which_they_answer() -> None:
    headings = re.findall(r"\n#### `(\w+)`", RULES)
    assert headings == [name for name in ORDER if name in built_in("rule")]
    verdicts: dict[str, set[bool]] = {}
    for example in told("examples"):
        (each,) = example.values
        verdicts.setdefault(yaml.safe_load(each.given)["use"], set()).add(each.then == "approved")
    assert verdicts == {name: {True, False} for name in headings}
