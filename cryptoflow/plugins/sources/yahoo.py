"""Bars of stocks, funds and indices."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.asked import Asked
from cryptoflow.market.times import grid_offset, timeframe_name
from cryptoflow.plugins.registry import Plugin, source

if TYPE_CHECKING:
    from cryptoflow.market.bars import Bars
    from cryptoflow.market.yahoo.chart import Chart

MINUTE = 60_000
MADE_OF = {1: "1m", 3: "1m", 5: "5m", 15: "15m", 30: "30m", 60: "30m", 120: "30m", 240: "30m", 1440: "1d", 10080: "1d"}
"""Minutes of a bar, and which of Yahoo's it is made of: its hours begin at half past and fit no grid."""

LENGTHS = {"1m": MINUTE, "5m": 5 * MINUTE, "15m": 15 * MINUTE, "30m": 30 * MINUTE, "1d": 1440 * MINUTE}


@source("yahoo")
class Yahoo(Plugin):
    """Read bars of stocks, funds and indices from Yahoo: `AAPL`, `BRK-B`, `^GSPC`, symbols without a quote.

    They trade in the account's currency. A year has 252 days, and weekends and holidays are no gaps. The bar of a
    day opens at midnight UTC of the exchange's own date; bars of an hour and more within a day are made of half hours.
    Yahoo keeps days for decades, half hours for 60 days and minutes for 7. Needs `pip install "cryptoflow[yahoo]"`.
    """

    days: ClassVar[int] = 252

    adjust: Literal["all", "splits"] = Field(
        "all", description="what prices are adjusted for: splits and dividends, or splits alone, as Yahoo has them"
    )

    def load(self, asked: Asked) -> "Bars":
        """Return the bars that were asked for."""
        from cryptoflow.market.checks import check
        from cryptoflow.market.detail import grown
        from cryptoflow.market.yahoo.chart import chart_of
        from cryptoflow.market.yahoo.door import ask

        frame = asked.timeframe
        interval = MADE_OF.get(frame // MINUTE) if frame % MINUTE == 0 else None
        if interval is None:
            known = " ".join(timeframe_name(minutes * MINUTE) for minutes in MADE_OF)
            raise CryptoflowError(f"yahoo has no bars of {timeframe_name(frame)}", fix=f"timeframe: one of {known}")
        offset = grid_offset(frame)
        start = (asked.start - offset) // frame * frame + offset
        end = -(-(asked.end - offset) // frame) * frame + offset
        if start >= end:
            raise CryptoflowError("no time was asked for, so yahoo has no bars", fix="ask for a day at least")
        chart = chart_of(ask(asked.symbol, interval, start, end), asked.symbol, LENGTHS[interval])
        over = chart.final_until - frame  # the last moment at which a bar opens that is over
        bars = grown(self._adjusted(chart), frame).between(asked.start, min(asked.end, over + 1))
        check(bars, f"{asked.symbol} {timeframe_name(frame)} of yahoo")
        return bars

    def _adjusted(self, chart: "Chart") -> "Bars":
        """Prices as the settings want them, with a note on which they are."""
        bars = chart.bars
        if self.adjust == "splits":
            return replace(bars, notes=(f"{bars.symbol}: prices of yahoo, adjusted for splits, not for dividends",))
        factor = chart.adjusted / bars.close
        note = f"{bars.symbol}: prices of yahoo, adjusted for splits and dividends; volumes for splits"
        prices = {name: getattr(bars, name) * factor for name in ("open", "high", "low", "close")}
        return replace(bars, notes=(note,), **prices)
