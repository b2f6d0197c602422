"""What Yahoo's chart answers, as far as bars are made of it."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from cryptoflow.errors import CryptoflowError

Column = list[float | None]
Second = Annotated[int, msgspec.Meta(ge=-5_000_000_000, le=20_000_000_000)]
"""An epoch second of the centuries from the nineteenth on."""


class Session(msgspec.Struct, frozen=True):
    """When a session opens and closes."""

    start: Second
    end: Second


class Periods(msgspec.Struct, frozen=True):
    """The session that is going on; where none is, the one before or the next."""

    regular: Session


class Meta(msgspec.Struct, frozen=True, rename="camel"):
    """What is told of a symbol: where and when it is traded, and the moment until which it was."""

    exchange_timezone_name: str
    regular_market_time: Second
    current_trading_period: Periods
    instrument_type: str = ""

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which its days are counted."""
        try:
            return ZoneInfo(self.exchange_timezone_name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise CryptoflowError(
                f"Yahoo counts days in {self.exchange_timezone_name!r}, which is no zone known here",
                fix="if there is such a zone, `pip install --upgrade tzdata`",
            ) from error

    def final_until(self) -> int:
        """Return the moment (epoch milliseconds) up to which nothing more can be traded than was told.

        In a session that is the moment it was told; before one, its opening; after one, the next midnight, because
        no day has two sessions.
        """
        session, now = self.current_trading_period.regular, self.regular_market_time
        if now < session.end:
            return max(now, session.start) * 1000
        local = datetime.fromtimestamp(now, self.zone).date() + timedelta(days=1)
        return int(datetime(local.year, local.month, local.day, tzinfo=UTC).timestamp()) * 1000


class Quote(msgspec.Struct, frozen=True):
    """Prices and volumes of all rows; none at all where there are no rows."""

    open: Column = []
    high: Column = []
    low: Column = []
    close: Column = []
    volume: Column = []


class Adjusted(msgspec.Struct, frozen=True):
    """Closes that count dividends."""

    adjclose: Column


class Indicators(msgspec.Struct, frozen=True):
    """The columns of a chart; bars within a day have no closes of their own that count dividends."""

    quote: tuple[Quote]
    adjclose: tuple[Adjusted] | None = None


class Result(msgspec.Struct, frozen=True):
    """A chart: when its rows open, and what they hold."""

    meta: Meta
    indicators: Indicators
    timestamp: list[Second] = []


class Wrong(msgspec.Struct, frozen=True):
    """Why there is no chart."""

    description: str | None = None


class Chart(msgspec.Struct, frozen=True):
    """A chart, or why there is none."""

    result: list[Result] | None = None
    error: Wrong | None = None


class Answer(msgspec.Struct, frozen=True):
    """The whole body."""

    chart: Chart
