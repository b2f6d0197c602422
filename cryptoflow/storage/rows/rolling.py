"""Curves by the hour and by the day, kept as their minutes come in.

An hour is made anew of its minutes, a day of its hours: whatever comes late or twice, they say what the minutes say.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Context, Decimal, Inexact
from functools import cache, reduce
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, Table, bindparam, select

from cryptoflow.domain.events.accounts import EquityMarked, RiskMeasured
from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.storage.rows.applying import apply
from cryptoflow.storage.rows.projecting import EQUITY, RISK, Change, table_of
from cryptoflow.storage.tables.curves import EquityDay, EquityHour, RiskDay, RiskHour
from cryptoflow.storage.tables.types import PLACES, WHOLE

HOUR = 3_600_000
DAY = 24 * HOUR

EXACTLY = Context(prec=2 * (WHOLE + PLACES), traps=[Inexact])
"""Arithmetic that keeps every digit of exact columns."""

Fold = Callable[[Sequence[Row[Any]]], dict[str, Any]]


class Step(NamedTuple):
    """How rows of one table become longer ones of another."""

    fine: Table
    coarse: Table
    length: int
    fold: Fold


def equity_of_minutes(rows: Sequence[Row[Any]]) -> dict[str, Any]:
    """Return the hour that minutes make."""
    marks = [row.equity for row in rows]
    return {"open": marks[0], "high": max(marks), "low": min(marks), "close": marks[-1], "minutes": len(rows)}


def equity_of_hours(rows: Sequence[Row[Any]]) -> dict[str, Any]:
    """Return the day that hours make."""
    return {
        "open": rows[0].open,
        "high": max(row.high for row in rows),
        "low": min(row.low for row in rows),
        "close": rows[-1].close,
        "minutes": sum(row.minutes for row in rows),
    }


def risk_of_minutes(rows: Sequence[Row[Any]]) -> dict[str, Any]:
    """Return the hour that minutes make."""
    return {**_worst(rows), "exposure_sum": total(row.exposure for row in rows), "minutes": len(rows)}


def risk_of_hours(rows: Sequence[Row[Any]]) -> dict[str, Any]:
    """Return the day that hours make."""
    return {
        **_worst(rows),
        "exposure_sum": total(row.exposure_sum for row in rows),
        "minutes": sum(row.minutes for row in rows),
    }


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return a sum to the last digit, which the usual 28 digits would round.

    >>> total([Decimal("1000000000000.000000000000000001")] * 2)
    Decimal('2000000000000.000000000000000002')
    """
    return reduce(EXACTLY.add, amounts, Decimal(0))


def _worst(rows: Sequence[Row[Any]]) -> dict[str, Any]:
    return {name: max(getattr(row, name) for row in rows) for name in ("exposure", "drawdown", "score")}


EQUITY_HOURS, EQUITY_DAYS, RISK_HOURS, RISK_DAYS = map(table_of, (EquityHour, EquityDay, RiskHour, RiskDay))

STEPS = {
    EquityMarked.name: (
        Step(EQUITY, EQUITY_HOURS, HOUR, equity_of_minutes),
        Step(EQUITY_HOURS, EQUITY_DAYS, DAY, equity_of_hours),
    ),
    RiskMeasured.name: (
        Step(RISK, RISK_HOURS, HOUR, risk_of_minutes),
        Step(RISK_HOURS, RISK_DAYS, DAY, risk_of_hours),
    ),
}


def roll_up(connection: Connection, account: str, events: Iterable[Recorded]) -> None:
    """Make anew every hour and day that events touch; their minutes are written already."""
    touched: dict[str, set[int]] = {name: set() for name in STEPS}
    for each in events:
        if each.name in touched:
            touched[each.name].add(each.at)
    for name, moments in touched.items():
        for step in STEPS[name]:
            _roll(connection, account, step, {at // step.length * step.length for at in moments})


def _roll(connection: Connection, account: str, step: Step, starts: set[int]) -> None:
    for first, last in spans(starts, step.length):
        rows = connection.execute(between(step.fine), {"account": account, "first": first, "last": last}).all()
        stretches = groupby(rows, key=lambda row: row.at // step.length * step.length)
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
