"""What the account was worth and what was at stake: by the minute, by the hour and day, and over any stretch."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import Table

from cryptoflow.domain.kept.curve import EquityPoint, EquitySpan, Resolution, RiskPoint, RiskSpan
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.rows.joining import joined
from cryptoflow.storage.rows.pieces import Stretch, pieces
from cryptoflow.storage.rows.projecting import EQUITY, RISK
from cryptoflow.storage.rows.rolling import (
    EQUITY_DAYS,
    EQUITY_HOURS,
    RISK_DAYS,
    RISK_HOURS,
    equity_of_minute,
    risk_of_minute,
)
from cryptoflow.storage.work.conditions import Condition, Row, between, equal
from cryptoflow.storage.work.repositories.collection import Collection, value_of
from cryptoflow.storage.work.transaction import Transaction

Point = TypeVar("Point")
Span = TypeVar("Span")


class Tables(NamedTuple):
    """Where a curve is kept by the minute, the hour and the day, and a minute as the row of a longer one."""

    minutes: Table
    hours: Table
    days: Table
    of_minute: Callable[[Row], Row]


class Curve(Generic[Point, Span]):
    """A curve of an account, the oldest first, from `since` to before `until` or without an end.

    A stretch is answered from the longest rows that lie whole within it, and its ragged ends from shorter ones: it says
    what its minutes say, to the last digit. Where minutes were retired only whole hours are answered.
    """

    def __init__(
        self, transaction: Transaction, account: str, tables: Tables, point: type[Point], span: type[Span]
    ) -> None:
        self._transaction, self._account, self._tables, self._kind = transaction, account, tables, span
        self._points = Collection(transaction, account, tables.minutes, point, "at")

    async def minutes(self, since: int | None = None, until: int | None = None) -> list[Point]:
        """Return what is known of the minutes."""
        return await self._points.find(*between(since, until))

    async def last(self) -> Point | None:
        """Return the newest point, None where there is none."""
        found = await self._points.find(newest=True, limit=1)
        return found[0] if found else None

    async def spans(self, resolution: Resolution, since: int | None = None, until: int | None = None) -> list[Span]:
        """Return it at a resolution; the first and the last span may tell of a part only."""
        rows = [
            row
            for length, within in pieces(stretch(since, until), resolution)
            for row in await self._rows(length, within)
        ]
        told = groupby(rows, key=lambda row: int(row["at"] // resolution * resolution))
        return [self._span(at, list(within)) for at, within in told]

    async def over(self, since: int | None = None, until: int | None = None) -> Span | None:
        """Return what it comes to over a whole stretch, None where nothing was marked in it."""
        parts: list[Row] = []
        for length, within in pieces(stretch(since, until), Resolution.DAY):
            if length == Resolution.DAY:
                days = await self._transaction.joined(self._tables.days, *self._mine(within))
                parts += [] if days is None else [days]
            else:
                parts += await self._rows(length, within)
        return self._span(parts[0]["at"], parts) if parts else None

    def _span(self, at: int, rows: Sequence[Row]) -> Span:
        return value_of(self._kind, {"account": self._account, "at": at, **joined(rows)})

    async def _rows(self, length: int, within: Stretch) -> list[Row]:
        if length == Resolution.MINUTE:
            return await self._minutes(within)
        return await self._kept(self._tables.days if length == Resolution.DAY else self._tables.hours, within)

    async def _minutes(self, within: Stretch) -> list[Row]:
        """Return minutes, unless some of them were retired: their hours know how many there were."""
        around = within.around(Resolution.HOUR)
        found = await self._kept(self._tables.minutes, around)
        if len(found) != sum(hour["minutes"] for hour in await self._kept(self._tables.hours, around)):
            raise CryptoflowError(
                f"minutes of {self._account} between {_said(within.first)} and {_said(within.last)} were retired",
                fix="ask for hours or days, from a full hour to a full hour",
                code=ExitCode.REFUSED,
            )
        told = (row for row in found if within.first <= row["at"] < within.last)
        return [{"at": row["at"], **self._tables.of_minute(row)} for row in told]

    async def _kept(self, table: Table, within: Stretch) -> list[Row]:
        return await self._transaction.find(table, *self._mine(within), order=("at",))

    def _mine(self, within: Stretch) -> Sequence[Condition]:
        return equal("account", self._account), *between(*within)


def stretch(since: int | None, until: int | None) -> Stretch:
    """Return what is asked for, to the end of time where nothing is said."""
    ever = Stretch()
    return Stretch(ever.first if since is None else since, ever.last if until is None else until)


def _said(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M}"


EQUITY_TABLES = Tables(EQUITY, EQUITY_HOURS, EQUITY_DAYS, equity_of_minute)
RISK_TABLES = Tables(RISK, RISK_HOURS, RISK_DAYS, risk_of_minute)


def equity(transaction: Transaction, account: str) -> Curve[EquityPoint, EquitySpan]:
    """Return the curve of what an account was worth."""
    return Curve(transaction, account, EQUITY_TABLES, EquityPoint, EquitySpan)


def risk(transaction: Transaction, account: str) -> Curve[RiskPoint, RiskSpan]:
    """Return the curve of what was at stake."""
    return Curve(transaction, account, RISK_TABLES, RiskPoint, RiskSpan)
