"""Curves by the hour and by the day, kept as their minutes come in.

An hour is made anew of its minutes, a day of its hours: whatever comes late or twice, they say what the minutes say.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Table, bindparam, select

from cryptoflow.domain.events.accounts import EquityMarked, RiskMeasured
from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.domain.kept.curve import Resolution
from cryptoflow.storage.rows.applying import apply
from cryptoflow.storage.rows.joining import Row, joined
from cryptoflow.storage.rows.projecting import EQUITY, RISK, Change, table_of
from cryptoflow.storage.tables.curves import EquityDay, EquityHour, RiskDay, RiskHour

HOUR, DAY = int(Resolution.HOUR), int(Resolution.DAY)


class Step(NamedTuple):
    """How rows of one table become longer ones of another."""

    fine: Table
    coarse: Table
    length: int
    fold: Callable[[Sequence[Row]], dict[str, Any]]


def equity_of_minute(row: Row) -> dict[str, Any]:
    """Return a minute as an hour of which nothing else is known."""
    return {**dict.fromkeys(("open", "high", "low", "close"), row["equity"]), "minutes": 1}


def risk_of_minute(row: Row) -> dict[str, Any]:
    """Return a minute as an hour of which nothing else is known."""
    worst = {name: row[name] for name in ("exposure", "drawdown", "score")}
    return {**worst, "exposure_sum": row["exposure"], "minutes": 1}


def of_minutes(of_minute: Callable[[Row], Row]) -> Callable[[Sequence[Row]], dict[str, Any]]:
    """Return what makes an hour of minutes."""
    return lambda rows: joined([*map(of_minute, rows)])


EQUITY_HOURS, EQUITY_DAYS, RISK_HOURS, RISK_DAYS = map(table_of, (EquityHour, EquityDay, RiskHour, RiskDay))

STEPS = {
    EquityMarked.name: (
        Step(EQUITY, EQUITY_HOURS, HOUR, of_minutes(equity_of_minute)),
        Step(EQUITY_HOURS, EQUITY_DAYS, DAY, joined),
    ),
    RiskMeasured.name: (
        Step(RISK, RISK_HOURS, HOUR, of_minutes(risk_of_minute)),
        Step(RISK_HOURS, RISK_DAYS, DAY, joined),
    ),
}


def touched(events: Iterable[Recorded]) -> Iterator[tuple[Step, set[int]]]:
    """Yield what is to be made anew after events, in this order: the beginnings of hours, then of days."""
    moments: dict[str, set[int]] = {name: set() for name in STEPS}
    for each in events:
        if each.name in moments:
            moments[each.name].add(each.at)
    for name, told in moments.items():
        for step in STEPS[name]:
            yield step, {at // step.length * step.length for at in told}


def roll_up(connection: Connection, account: str, events: Iterable[Recorded]) -> None:
    """Make anew every hour and day that events touch; their minutes are written already."""
    for step, starts in touched(events):
        _roll(connection, account, step, starts)


def _roll(connection: Connection, account: str, step: Step, starts: set[int]) -> None:
    for first, last in spans(starts, step.length):
        wanted = {"account": account, "first": first, "last": last}
        rows: Sequence[Any] = connection.execute(between(step.fine), wanted).mappings().all()
        stretches = groupby(rows, key=lambda row: row["at"] // step.length * step.length)
        apply(
            connection,
            (
                Change(step.coarse, (account, at), {"account": account, "at": at, **step.fold(list(within))})
                for at, within in stretches
            ),
        )


@cache
def between(table: Table) -> Select[Any]:
    """Return what asks a table for an account's rows from `first` to `last`, which is left out."""
    of = table.c
    asked = (of.account == bindparam("account"), of.at >= bindparam("first"), of.at < bindparam("last"))
    return select(table).where(*asked).order_by(of.at)


def spans(starts: set[int], length: int) -> Iterator[tuple[int, int]]:
    """Yield the unbroken stretches that equal pieces make, as (first, end).

    >>> list(spans({0, 10, 30}, 10))
    [(0, 20), (30, 40)]
    """
    ordered = sorted(starts)
    for _, group in groupby(enumerate(ordered), key=lambda numbered: numbered[1] - numbered[0] * length):
        piece = [start for _, start in group]
        yield piece[0], piece[-1] + length
