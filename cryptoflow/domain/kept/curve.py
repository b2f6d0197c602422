"""Points of an account's curves: by the minute, and over the hours and days that minutes make."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class EquityPoint:
    """What the account was worth at the end of the minute that begins at `at`."""

    account: str
    at: int
    equity: Decimal
    cash: Decimal | None


@dataclass(frozen=True, slots=True)
class EquitySpan:
    """How equity began and ended over an hour or a day, and its extremes; `minutes` says how many are known."""

    account: str
    at: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    minutes: int


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """What was at stake at the end of a minute: `exposure` in money, `drawdown` a share, `score` of 100."""

    account: str
    at: int
    equity: Decimal
    exposure: Decimal
    drawdown: float
    score: float


@dataclass(frozen=True, slots=True)
class RiskSpan:
    """The worst of an hour or a day; `exposure_sum` is that of its minutes."""

    account: str
    at: int
    exposure: Decimal
    exposure_sum: Decimal
    drawdown: float
    score: float
    minutes: int

    @property
    def mean_exposure(self) -> Decimal:
        """Return the mean of what was at stake over the minutes that are known."""
        return self.exposure_sum / self.minutes
