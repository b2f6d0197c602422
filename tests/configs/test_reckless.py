"""The config that ships to be stopped: all in on each fall of a falling year, and what its guards leave of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cryptoflow.domain.codes import Guard, Topic
from cryptoflow.domain.discipline.trips import day_limit
from cryptoflow.engine.plan import Outcome, Plan
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.backtest import WHOLE, backtest, decide
from cryptoflow.pipelines.history import History, load_history
from cryptoflow.pipelines.measure import WORDS, words_of
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.report.view import RunView

ROOT = Path(__file__).parents[2]
FILE = ROOT / "configs" / "reckless.yaml"
PAGE = (ROOT / "docs" / "discipline.md").read_text(encoding="utf-8")
DAY = 86_400_000


@cache
def started(*sets: str) -> tuple[Plan, History]:
    resolved = resolve(FILE, sets=sets)
    history = load_history(resolved, WHOLE)
    return plan_of(resolved, history.first_decisions), history


@cache
def ended(*sets: str) -> Outcome:
    return decide(*started(*sets), "batch")


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> RunView:
    return backtest(resolve(FILE), home=tmp_path_factory.mktemp("home")).view


def falls(by: str) -> Iterator[tuple[float, float, float]]:
    """Of each day or month: the equity it opened with, the least it came to, and the limit of a day then."""
    (plan, _), outcome = started(), ended()
    closes = outcome.times + plan.account.timeframe
    names = np.array([datetime.fromtimestamp((at - 1) / 1000, UTC).strftime(by) for at in closes.tolist()])
    moved = outcome.tape[np.isin(outcome.tape["reason"], (Guard.PROMOTED, Guard.DEMOTED))]
    moved = moved[moved["topic"] == Topic.GUARD]
    opened = plan.capital
    for name in dict.fromkeys(names.tolist()):
        inside = np.flatnonzero(names == name)
        before = moved[moved["at"] <= closes[inside[0]]]
        tier = plan.tiers[int(before["number"][-1]) if len(before) else plan.tier]
        yield opened, float(outcome.equity[inside].min()), day_limit(tier, opened)
        opened = float(outcome.equity[inside[-1]])


def test_every_price_falls_in_its_year() -> None:
    _, history = started()
    for series in history.series:
        prices = series.between(history.period.start, history.period.end)
        assert prices.close[-1] < 0.5 * prices.open[0], series.symbol


def test_the_account_survives_where_without_discipline_nothing_is_left() -> None:
    plan, _ = started()
    assert ended().equity[-1] > 0.7 * plan.capital
    assert ended("discipline=off").equity[-1] < 0.05 * plan.capital


def test_the_page_tells_the_year_as_it_was() -> None:
    (plan, _), outcome, alone = started(), ended(), ended("discipline=off")
    at = [datetime.fromtimestamp((each + plan.account.timeframe - 1) / 1000, UTC) for each in outcome.times.tolist()]
    lost = {}
    for by in ("%Y-%m", "%Y-%m-%d"):
        last = {each.strftime(by): value for each, value in zip(at, outcome.equity.tolist(), strict=True)}
        lost[by] = max(before - after for before, after in pairwise([plan.capital, *last.values()]))
    year = " ".join(PAGE.partition("\n## A reckless year\n")[2].partition("\n## ")[0].split())
    moved = outcome.tape[(outcome.tape["topic"] == Topic.GUARD) & (outcome.tape["reason"] == Guard.DEMOTED)]
    (fell,) = (datetime.fromtimestamp(moment / 1000, UTC) for moment in moved["at"].tolist())
    assert f"become {round(alone.equity[-1]):,}. With it {round(outcome.equity[-1]):,} are left" in year
    assert f"in tier {moved['number'][0]}, into which stop-outs sent it in {fell:%B}" in year
    assert f"The worst month cost {lost['%Y-%m']:,.0f} and the worst day {lost['%Y-%m-%d']:,.0f}" in year


def test_no_day_costs_more_than_trips_the_switch_and_what_one_bar_takes_beyond() -> None:
    costs = [(opened - least) / limit for opened, least, limit in falls("%Y-%m-%d")]
    assert len(costs) == 365
    assert 1.5 < max(costs) < 2.5


def test_no_month_costs_more_than_four_limits_of_a_day_and_what_is_open_when_they_are_reached() -> None:
    months = [*falls("%Y-%m")]
    assert len(months) == 12
    assert max((opened - least) / limit for opened, least, limit in months) <= 4 + 2
    assert any((opened - least) / limit > 4 for opened, least, limit in months), "the limit of a month was reached"


def test_both_drivers_agree_on_every_line() -> None:
    batch, event = ended(), decide(*started(), "event")
    assert len(batch.tape) == len(event.tape)
    for name in batch.tape.dtype.names:
        assert np.array_equal(batch.tape[name], event.tape[name], equal_nan=True), name
    assert np.allclose(batch.equity, event.equity, rtol=1e-9, atol=0)


def test_every_act_is_told_and_every_entry_that_was_kept_out_on_its_day(view: RunView) -> None:
    outcome = ended()
    lines = outcome.tape[outcome.tape["topic"] == Topic.GUARD]
    said = [(line["at"], words_of(Guard(line["reason"]), line)) for line in lines]
    assert [(act.at, act.what) for act in view.acts] == said
    by_day = {day.at // DAY: day for day in view.days}
    for line in lines:
        assert words_of(Guard(line["reason"]), line) in by_day[(line["at"] - 1) // DAY].acts
    refused = outcome.tape[outcome.tape["topic"] == Topic.REFUSED]
    told = [
        int(part.rpartition(" ")[2].replace(",", "")) for day in view.days for part in day.refused.split(", ") if part
    ]
    assert sum(told) == len(refused) > 10_000
    assert len(view.days) > 300
    kills = [day for day in view.days if WORDS[Guard.TRIPPED] in day.acts]
    assert kills and all("killed" in day.refused for day in kills)


def test_the_report_shows_every_such_day(view: RunView) -> None:
    from cryptoflow.report.html import render

    page = render(view)
    assert "Guards, day by day" in page
    assert page.count("kill switch trips") >= 2 * sum(WORDS[Guard.TRIPPED] in day.acts for day in view.days)
