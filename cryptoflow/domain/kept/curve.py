"""Points of an account's curves: by the minute, and over the hours and days that minutes make."""

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum


class Resolution(IntEnum):
    """How long a point of a curve is, in milliseconds."""

    MINUTE = 60_000
    HOUR = 3_600_000
    DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class EquityPoint:
    """What the account was worth at the end of the minute that begins at `at`."""

    account: str
    at: int
    equity: Decimal
    cash: Decimal | None


@dataclass(frozen=True, slots=True)
class EquitySpan:
    """How equity began and ended over a stretch that begins at `at`, and its extremes; `minutes` are known of it."""

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
    """The worst of a stretch that begins at `at`; `exposure_sum` is that of the `minutes` that are known of it."""

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
