"""For each gate a record that shows it any value, and draws of records that come near what is asked."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from math import ceil, inf, nan, nextafter, sqrt
from typing import Any, NamedTuple

from hypothesis import strategies as st

from cryptoflow.domain.discipline.records import DAYS, STOPS, Evidence

HOUR = 3_600_000
DAY = 24 * HOUR


class Record(NamedTuple):
    """What a gate is given."""

    evidence: Evidence
    days: tuple[float, ...] = (0.0,) * DAYS
    stops: tuple[float, ...] = (0.0,) * (2 * STOPS)


class Case(NamedTuple):
    """Settings of a gate, what they ask for, the record that shows a value, and the values around the limit.

    `enough` are values that meet the gate, `short` values that do not, the first of each as near as can be.
    """

    settings: Mapping[str, Any]
    needed: float
    showing: Callable[[float], Record]
    enough: tuple[float, ...]
    short: tuple[float, ...]


def shows(field: str, **others: Any) -> Callable[[float], Record]:
    """A record that shows a value in one field."""
    return lambda value: Record(Evidence(**{field: value}, **others))


def daily(returns: list[float], **others: Any) -> Record:
    """A record of the newest days."""
    return Record(Evidence(kept=len(returns), **others), (*returns, *[0.0] * (DAYS - len(returns))))


def stopped(hours: tuple[float, ...], cost: float) -> Record:
    """A record of stop-outs so many hours ago that cost so much of equity together."""
    pairs = [number for each in hours for number in (10 * DAY - each * HOUR, 1000 * cost / len(hours))]
    evidence = Evidence(at=10 * DAY, equity=1000.0, stop_outs=len(hours))
    return Record(evidence, stops=(*pairs, *[0.0] * (2 * STOPS - len(pairs))))


def swinging(ratio: float) -> Record:
    """Thirty days of such a Sharpe ratio: half of them a deviation above their mean, half below."""
    spread = 0.01 * sqrt(30 / 29)
    middle = ratio * spread / sqrt(365)
    return daily([middle + 0.01, middle - 0.01] * 15)


def led(readiness: float) -> Record:
    """An account of which nothing but tilt keeps readiness from 100."""
    short = 4 * (100 - readiness)
    light = max(0, ceil((short - 50) / 5))
    return daily([0.01] * 28, tilt=short - 5 * light, tilt_light=light, days=30.0, trades=100)


def least(number: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """What is enough of a number that is no count, and what is not."""
    return (number, nextafter(number, inf), inf), (nextafter(number, -inf), 0.0)


def most(number: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """What is little enough, and what is not."""
    return (number, nextafter(number, -inf), 0.0), (nextafter(number, inf), 1.0)


def over(number: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """What is beyond a number, and what is not."""
    return (nextafter(number, inf), 2 * number), (number, nextafter(number, -inf), 0.0)


def counted(number: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """What is enough of a count, and what is not."""
    return (number, number + 1), (number - 1, 0)


CASES: Mapping[str, Case] = {
    "equity": Case({"min": "2000 USDT"}, 2000, shows("equity"), *least(2000.0)),
    "days_in_tier": Case({"min": 30}, 30, shows("days"), *least(30.0)),
    "trades": Case({"min": 100}, 100, shows("trades"), *counted(100)),
    "paper_trips": Case({"min": 10}, 10, shows("paper_trips"), *least(10.0)),
    "paper_hours": Case({"min": 24}, 24, shows("paper_hours"), *least(24.0)),
    "evidence": Case(
        {"of": ["lookahead", "warmup"]},
        2,
        lambda value: Record(Evidence(lookahead=min(value, 1.0), warmup=max(0.0, value - 1.0))),
        (2.0,),
        (1.0, 0.0),
    ),
    "win_rate_or_profit_factor": Case(
        {"win_rate": "50%", "profit_factor": 2.0},
        1,
        lambda value: Record(Evidence(trades=100, wins=0, gained=200.0 * value, lost=100.0)),
        *least(1.0),
    ),
    "days_not_losing": Case(
        {"min": "60%", "of": 20},
        0.6,
        lambda value: daily([0.0] * round(20 * value) + [-1e-12] * round(20 * (1 - value)) + [-0.1] * 5),
        (0.6, 0.65, 1.0),
        (0.55, 0.0),
    ),
    "no_breach": Case({"days": 14}, 14, shows("days_since_breach"), *least(14.0)),
    "no_override": Case({"days": 30}, 30, shows("days_since_override"), *least(30.0)),
    "month_drawdown": Case({"max": "10%"}, 0.1, shows("month_drawdown"), *most(0.1)),
    "fill_impact": Case({"max": "0.5%"}, 0.005, shows("impact"), *most(0.005)),
    "sharpe": Case({"above": 1.5, "days": 30}, 1.5, swinging, (1.5 + 1e-9, 3.0), (1.5 - 1e-9, 0.0, -1.0)),
    "symbols_in_profit": Case({"min": 3}, 3, shows("symbols_in_profit"), *counted(3)),
    "strategies_in_profit": Case(
        {"min": 3, "largest": "40%"}, 3, shows("strategies_in_profit", largest_share=0.4), *counted(3)
    ),
    "stress_replays": Case({"min": 3}, 3, shows("replays"), *least(3.0)),
    "readiness": Case({"min": 80, "days": 30, "trades": 100}, 80, led, (80.0, 80.0 + 1e-9, 100.0), (80.0 - 1e-9, 76.0)),
    "day_loss": Case({"above": "15%"}, 0.15, lambda value: Record(Evidence(day=-value)), *over(0.15)),
    "day_losses": Case(
        {"above": "5%", "days": 3}, 3, lambda value: daily([-0.0501] * int(value) + [-0.05] * 3), *counted(3)
    ),
    "equity_below": Case(
        {"minutes": 60}, 60, lambda value: Record(Evidence(under=int(60_000 * value))), (60.5, 61.0), (60.0, 59.5, 0.0)
    ),
    "stop_outs": Case(
        {"count": 3, "within": "24h", "cost": "3%"},
        0.03,
        lambda value: stopped((1, 10, 24), value),
        (0.03 + 1e-12, 0.5),
        (0.03 - 1e-12, 0.0),
    ),
    "tilt_score": Case({"min": 80}, 80, shows("tilt", positions=1), *least(80.0)),
    "same_refusals": Case({"count": 3, "within": "24h"}, 3, shows("refusals"), *counted(3)),
    "overrides": Case({"count": 5, "within": "24h"}, 5, shows("overrides"), *counted(5)),
}
"""What each gate asks, as the tier files that ship ask it."""

NOTHING = Record(
    Evidence(**{field.name: nan for field in fields(Evidence) if field.type is float}),
    (nan,) * DAYS,
    (nan,) * 2 * STOPS,
)
"""A record in which nothing can be shown."""


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Draw any record, of which some can show nothing."""
    counts, shares = st.integers(0, 120), st.one_of(st.just(nan), st.floats(0, 2), st.integers(0, 120).map(float))
    drawn = {field.name: draw(shares if field.type is float else counts) for field in fields(Evidence)}
    drawn |= {"kept": draw(st.integers(0, DAYS)), "stop_outs": draw(st.integers(0, STOPS)), "at": 10 * DAY}
    drawn |= {"day": draw(st.floats(-0.2, 0.2)), "under": draw(st.integers(0, DAY))}
    days = draw(st.lists(st.floats(-0.2, 0.2), min_size=DAYS, max_size=DAYS))
    ages = draw(st.lists(st.integers(0, 2 * DAY), min_size=STOPS, max_size=STOPS))
    costs = draw(st.lists(st.floats(0, 3), min_size=STOPS, max_size=STOPS))
    stops = [number for age, cost in zip(sorted(ages), costs, strict=True) for number in (10.0 * DAY - age, cost)]
    return Record(Evidence(**drawn), tuple(days), tuple(stops))
