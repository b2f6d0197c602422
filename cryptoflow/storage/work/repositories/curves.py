"""What the account was worth and what was at stake: by the minute, and by the hour and day."""

from typing import Generic, TypeVar

from cryptoflow.domain.kept.curve import EquityPoint, EquitySpan, RiskPoint, RiskSpan
from cryptoflow.storage.rows.projecting import EQUITY, RISK
from cryptoflow.storage.rows.rolling import EQUITY_DAYS, EQUITY_HOURS, RISK_DAYS, RISK_HOURS
from cryptoflow.storage.work.conditions import between
from cryptoflow.storage.work.repositories.collection import Collection
from cryptoflow.storage.work.transaction import Transaction

Point = TypeVar("Point")
Span = TypeVar("Span")


class Curve(Generic[Point, Span]):
    """A curve of an account, the oldest point first."""

    def __init__(self, minutes: Collection[Point], hours: Collection[Span], days: Collection[Span]) -> None:
        self._minutes, self._hours, self._days = minutes, hours, days

    async def minutes(self, since: int | None = None, until: int | None = None) -> list[Point]:
        """Return what is known of the minutes from `since` to before `until`."""
        return await self._minutes.find(*between(since, until))

    async def hours(self, since: int | None = None, until: int | None = None) -> list[Span]:
        """Return the hours that begin from `since` to before `until`."""
        return await self._hours.find(*between(since, until))

    async def days(self, since: int | None = None, until: int | None = None) -> list[Span]:
        """Return the UTC days that begin from `since` to before `until`."""
        return await self._days.find(*between(since, until))

    async def last(self) -> Point | None:
        """Return the newest point, None where there is none."""
        found = await self._minutes.find(newest=True, limit=1)
        return found[0] if found else None


def equity(transaction: Transaction, account: str) -> Curve[EquityPoint, EquitySpan]:
    """Return the curve of what an account was worth."""
    return Curve(
        Collection(transaction, account, EQUITY, EquityPoint, "at"),
        Collection(transaction, account, EQUITY_HOURS, EquitySpan, "at"),
        Collection(transaction, account, EQUITY_DAYS, EquitySpan, "at"),
    )


def risk(transaction: Transaction, account: str) -> Curve[RiskPoint, RiskSpan]:
    """Return the curve of what was at stake."""
    return Curve(
        Collection(transaction, account, RISK, RiskPoint, "at"),
        Collection(transaction, account, RISK_HOURS, RiskSpan, "at"),
        Collection(transaction, account, RISK_DAYS, RiskSpan, "at"),
    )
