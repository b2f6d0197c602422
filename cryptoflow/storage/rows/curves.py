"""The curves of an account, and what a stretch of each of them is: kept by the minute, the hour and the day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Select, Table, and_, bindparam, cast, func, select

from cryptoflow.storage.rows.projecting import EQUITY, MINUTE, RISK
from cryptoflow.storage.rows.rolling import (
    DAY,
    EQUITY_DAYS,
    EQUITY_HOURS,
    HOUR,
    RISK_DAYS,
    RISK_HOURS,
    equity_of_hours,
    equity_of_minutes,
    risk_of_hours,
    risk_of_minutes,
)


class EquityStretch(NamedTuple):
    """What an account was worth over a stretch: how it began, its extremes, how it ended."""

    at: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    minutes: int


class RiskStretch(NamedTuple):
    """How much was at stake over a stretch: the worst of it, and exposure summed up over its minutes."""

    at: int
    exposure: Decimal
    drawdown: float
    score: float
    exposure_sum: Decimal
    minutes: int

    @property
    def mean_exposure(self) -> Decimal:
        """Return what was exposed in a minute of it, on average."""
        return self.exposure_sum / self.minutes


S = TypeVar("S", EquityStretch, RiskStretch)


@dataclass(frozen=True)
class Curve(Generic[S]):
    """The tables of a curve by the length of their rows, and how rows become a stretch: minutes, longer ones, or, by
    PostgreSQL itself, days. SQLite keeps decimals as text, which it cannot compare.
    """

    stretch: type[S]
    tables: Mapping[int, Table]
    of_minutes: Callable[[Sequence[Any]], dict[str, Any]]
    of_longer: Callable[[Sequence[Any]], dict[str, Any]]
    days: Select[Any]

    def folded(self, at: int, rows: Sequence[Any], length: int) -> S:
        """Return the stretch that rows of one length make."""
        fold = self.of_minutes if length == MINUTE else self.of_longer
        return self.stretch(at=at, **fold(rows))


def here(table: Table) -> ColumnElement[bool]:
    """Return the condition that a row is an account's and in a span."""
    of = table.c
    return and_(of.account == bindparam("account"), of.at >= bindparam("first"), of.at < bindparam("last"))


def days_of_equity() -> Select[Any]:
    """Return what asks PostgreSQL for a stretch of whole days."""
    of, wanted = EQUITY_DAYS.c, here(EQUITY_DAYS)
    opened = select(of.open).where(wanted).order_by(of.at).limit(1).scalar_subquery()
    closed = select(of.close).where(wanted).order_by(of.at.desc()).limit(1).scalar_subquery()
    found: list[Any] = [opened, func.max(of.high), func.min(of.low), closed, counted(of.minutes)]
    return select(func.min(of.at).label("at"), *found).where(wanted)


def days_of_risk() -> Select[Any]:
    """Return what asks PostgreSQL for a stretch of whole days."""
    of = RISK_DAYS.c
    worst = (func.max(of.exposure), func.max(of.drawdown), func.max(of.score))
    found: list[Any] = [*worst, func.sum(of.exposure_sum), counted(of.minutes)]
    return select(func.min(of.at).label("at"), *found).where(here(RISK_DAYS))


def counted(minutes: ColumnElement[int]) -> ColumnElement[int]:
    """Return the sum of counts as a whole number, which PostgreSQL's own sum of them is not."""
    return cast(func.sum(minutes), BigInteger)


EQUITY_CURVE: Curve[EquityStretch] = Curve(
    EquityStretch,
    {MINUTE: EQUITY, HOUR: EQUITY_HOURS, DAY: EQUITY_DAYS},
    equity_of_minutes,
    equity_of_hours,
    days_of_equity(),
)
RISK_CURVE: Curve[RiskStretch] = Curve(
    RiskStretch,
    {MINUTE: RISK, HOUR: RISK_HOURS, DAY: RISK_DAYS},
    risk_of_minutes,
    risk_of_hours,
    days_of_risk(),
)
