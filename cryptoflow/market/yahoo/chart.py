"""The answer of Yahoo's chart as bars: which rows are bars, at which moment, at which prices."""

from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.bars import Bars, Numbers, Times
from cryptoflow.market.calendars import NEW_YORK, UNKNOWN
from cryptoflow.market.checks import Flags, check
from cryptoflow.market.new_york import sessions
from cryptoflow.market.times import DAY, moment, timeframe_name
from cryptoflow.market.yahoo.answer import Column, Result

STOCKS = {"EQUITY", "ETF", "INDEX", "MUTUALFUND"}
"""What is traded on the days of its exchange."""


class Chart(NamedTuple):
    """The bars of a chart: `adjusted` closes count dividends, those of `bars` do not.

    Nothing more can be traded before the moment `final_until` than what they tell.
    """

    bars: Bars
    adjusted: Numbers
    final_until: int


def chart_of(told: Result, symbol: str, timeframe: int) -> Chart:
    """Return the finished bars of an answer; rows without prices are none, and neither is a bar still being made.

    A bar of a day opens at midnight UTC of the exchange's own date. Its session has to lie inside those 24 hours, as
    all do from Tokyo to New York, so that the bar is known, at the next midnight, before the next session opens.
    What was traded last may stand there once more, as a row of its own: of a day the last row counts, and within a
    day one that opens at the moment of the answer or outside a session is none.
    """
    meta, zone, quote = told.meta, told.meta.zone, told.indicators.quote[0]
    if meta.instrument_type == "CRYPTOCURRENCY":
        raise CryptoflowError(
            f"{symbol} is traded every day of the year, and this source counts the days of stock exchanges",
            fix="take coins from a venue that trades them, like symbols: [BTC/USDT]",
        )
    at = np.array(told.timestamp, np.int64) * 1000
    adjusted = told.indicators.adjclose[0].adjclose if told.indicators.adjclose else quote.close
    columns = [
        _numbers(each, len(at), symbol)
        for each in (quote.open, quote.high, quote.low, quote.close, quote.volume, adjusted)
    ]
    whole = np.isfinite(columns[:4]).all(axis=0)
    at, columns, final = at[whole], [column[whole] for column in columns], meta.final_until()
    stock = meta.instrument_type in STOCKS and meta.exchange_timezone_name == "America/New_York"
    if timeframe == DAY:
        at = _days(at, zone, symbol)
        kept = np.append(at[1:] != at[:-1], True)[: len(at)]
    else:
        kept = at < meta.regular_market_time * 1000
        kept &= _in_session(at) if stock else True
    kept &= at + timeframe <= final
    open_, high, low, close, volume, adjusted_closes = (column[kept] for column in columns)
    calendar = NEW_YORK if stock else UNKNOWN
    bars = Bars(symbol, timeframe, at[kept], open_, high, low, close, np.nan_to_num(volume), calendar=calendar)
    if len(bars):
        check(bars, f"{symbol} {timeframe_name(timeframe)} of yahoo")
    return Chart(bars, adjusted_closes, final)


def _numbers(values: Column, rows: int, symbol: str) -> Numbers:
    """Return a column; what is missing is NaN.

    Prices are told in single precision, like 563.8200073242188: what is meant is the shortest number that is told so.
    """
    if not values:
        return np.full(rows, np.nan)
    if len(values) != rows:
        raise CryptoflowError(
            f"Yahoo's chart of {symbol} has {rows:,} rows, and a column of {len(values):,} numbers",
            fix="try again later",
        )
    told = np.array([np.nan if each is None else each for each in values], np.float64)
    with np.errstate(over="ignore"):
        single = told.astype(np.float32)
    short = np.array([float(str(each)) for each in single], np.float64)
    return np.where(single.astype(np.float64) == told, short, told)


def _in_session(at: Times) -> Flags:
    """Say of each moment whether New York trades then."""
    if not len(at):
        return np.zeros(0, np.bool_)
    first, last = (datetime.fromtimestamp(int(each) / 1000, UTC).date() for each in (at.min(), at.max()))
    held = [*sessions(first, last)]
    if not held:
        return np.zeros(len(at), np.bool_)
    opens, closes = (np.array(each, np.int64) for each in zip(*held, strict=True))
    place = np.searchsorted(opens, at, "right") - 1
    found: Flags = (place >= 0) & (at < closes[place])
    return found


def _days(at: Times, zone: ZoneInfo, symbol: str) -> Times:
    local = [datetime.fromtimestamp(each / 1000, zone) for each in at.tolist()]
    for there, here in zip(local, at.tolist(), strict=True):
        if there.date() != datetime.fromtimestamp(here / 1000, UTC).date():
            raise CryptoflowError(
                f"the session of {symbol} that opens at {moment(here)} is counted to {there.date()} in {zone.key}: "
                "its bar would be known only after the next session has opened",
                fix="exchanges whose days do not lie within a day of UTC cannot be simulated here",
            )
    midnights = [datetime(each.year, each.month, each.day, tzinfo=UTC) for each in local]
    return np.array([int(each.timestamp()) * 1000 for each in midnights], np.int64)
