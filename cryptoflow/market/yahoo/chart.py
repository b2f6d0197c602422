"""The answer of Yahoo's chart as bars: which rows are bars, at which moment, at which prices."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.bars import Bars, Numbers, Times
from cryptoflow.market.calendars import NEW_YORK, UNKNOWN
from cryptoflow.market.times import DAY, moment

NUMBERS = ("open", "high", "low", "close", "volume")
STOCKS = {"EQUITY", "ETF", "INDEX", "MUTUALFUND"}
"""What is traded on the days of its exchange."""


class Chart(NamedTuple):
    """The bars of a chart with what they were told for: `adjusted` closes count dividends, those of `bars` do not."""

    bars: Bars
    adjusted: Numbers
    zone: str


def chart_of(body: Mapping[str, Any], symbol: str, timeframe: int) -> Chart:
    """Return the finished bars of an answer; rows without prices are none, and neither is a bar still being made.

    A bar of a day opens at midnight UTC of the exchange's own date. Its session has to lie inside those 24 hours, as
    all do from Tokyo to New York, so that the bar is known, at the next midnight, before the next session opens.
    """
    result = body["chart"]["result"][0]
    meta, told = result["meta"], result["indicators"]["quote"][0]
    at = np.array(result.get("timestamp", ()), np.int64) * 1000
    columns = [_numbers(told.get(name), len(at)) for name in NUMBERS]
    adjusted = _numbers(_adjusted(result["indicators"]), len(at))
    zone = str(meta["exchangeTimezoneName"])
    if str(meta.get("instrumentType")) == "CRYPTOCURRENCY":
        raise CryptoflowError(
            f"{symbol} is traded every day of the year, and this source counts the days of stock exchanges",
            fix="take coins from a venue that trades them, like symbols: [BTC/USDT]",
        )
    whole = np.isfinite(columns[:4]).all(axis=0) & ~_unfinished(at, timeframe, meta, zone)
    opens = _days(at[whole], zone, symbol) if timeframe == DAY else at[whole]
    kept = [column[whole] for column in columns]
    kept[4] = np.nan_to_num(kept[4])
    stock = str(meta.get("instrumentType")) in STOCKS and zone == "America/New_York"
    open_, high, low, close, volume = kept
    calendar = NEW_YORK if stock else UNKNOWN
    bars = Bars(symbol, timeframe, opens, open_, high, low, close, volume, calendar=calendar)
    return Chart(bars, adjusted[whole], zone)


def _adjusted(indicators: Mapping[str, Any]) -> Any:
    """Return closes that count dividends; bars within a day have none of their own."""
    told = indicators.get("adjclose")
    return told[0].get("adjclose") if told else indicators["quote"][0].get("close")


def _numbers(values: Any, rows: int) -> Numbers:
    """Return a column; what is missing is NaN.

    Prices are told in single precision, like 563.8200073242188: what is meant is the shortest number that is told so.
    """
    if values is None:
        return np.full(rows, np.nan)
    told = np.array([np.nan if each is None else each for each in values], np.float64)
    single = told.astype(np.float32)
    short = np.array([float(str(each)) for each in single], np.float64)
    return np.where(single.astype(np.float64) == told, short, told)


def _unfinished(at: Times, timeframe: int, meta: Mapping[str, Any], zone: str) -> Any:
    """Say of each row whether it is of a session, or a part of one, that was still going on when it was told."""
    session = meta.get("currentTradingPeriod", {}).get("regular", {})
    now = int(meta.get("regularMarketTime", 0))
    if not session.get("start", 0) <= now < session.get("end", 0):
        return np.zeros(len(at), np.bool_)
    if timeframe != DAY:
        return at + timeframe > now * 1000
    today = datetime.fromtimestamp(now, ZoneInfo(zone)).date()
    return np.array([datetime.fromtimestamp(each / 1000, ZoneInfo(zone)).date() == today for each in at], np.bool_)


def _days(at: Times, zone: str, symbol: str) -> Times:
    local = [datetime.fromtimestamp(each / 1000, ZoneInfo(zone)) for each in at.tolist()]
    for there, here in zip(local, at.tolist(), strict=True):
        if there.date() != datetime.fromtimestamp(here / 1000, UTC).date():
            raise CryptoflowError(
                f"the session of {symbol} that opens at {moment(here)} is counted to {there.date()} in {zone}: "
                "its bar would be known only after the next session has opened",
                fix="exchanges whose days do not lie within a day of UTC cannot be simulated here",
            )
    midnights = [datetime(each.year, each.month, each.day, tzinfo=UTC) for each in local]
    return np.array([int(each.timestamp()) * 1000 for each in midnights], np.int64)
