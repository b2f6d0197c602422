"""Made-up prices, the same for the same seed on every platform."""

from typing import TYPE_CHECKING

from pydantic import Field, field_validator

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.asked import Asked
from cryptoflow.plugins.registry import Plugin, source
from cryptoflow.spec.values import Gain, Share

if TYPE_CHECKING:
    from cryptoflow.market.bars import Bars

MINUTE = 60_000

KNOWN = {"BTC": (40_000.0, Gain("60%"), 40e6), "ETH": (2_500.0, Gain("75%"), 15e6)}
"""Price, volatility and turnover per hour of what people have an idea of."""

OTHERS = (100.0, Gain("90%"), 2e6)


@source("synthetic")
class Synthetic(Plugin):
    """Make prices up from the run's seed: no download, the same bars on every platform, for demos and tests.

    They have calm and wild weeks, trends that last one to seven weeks, a daily and a weekly cycle, fat
    tails, price gaps, outages, and volume that follows. Symbols move together in part. A longer period only
    adds bars; a minute fits inside its hour. Results on them say nothing about real markets.
    """

    price: float | None = Field(
        None,
        ge=0.0001,
        le=10_000_000,
        description="what the price returns to (BTC 40000, ETH 2500, others 100)",
        json_schema_extra={"unit": "quote currency"},
    )
    volatility: Gain | None = Field(
        None,
        description="how far prices go, 1% to 300% (BTC 60%, ETH 75%, others 90%)",
        json_schema_extra={"unit": "per year"},
    )
    trend: Share = Field(
        Share("0.5%"), description="drift while there is a trend, at most 5%", json_schema_extra={"unit": "per day"}
    )
    correlation: Share = Field(Share("60%"), description="part of the variance that all symbols have in common")
    jumps: float = Field(
        12, ge=0, le=1000, description="gaps in the price between two bars", json_schema_extra={"unit": "per year"}
    )
    outages: float = Field(
        2, ge=0, le=1000, description="spans of 1 to 4 hours without bars", json_schema_extra={"unit": "per year"}
    )

    @field_validator("volatility")
    @classmethod
    def _believable(cls, volatility: Gain | None) -> Gain | None:
        if volatility is not None and not 0.01 <= volatility <= 3:
            raise ValueError("volatility is between 1% and 300% per year")
        return volatility

    @field_validator("trend")
    @classmethod
    def _gentle(cls, trend: Share) -> Share:
        if trend > 0.05:
            raise ValueError("a trend is at most 5% per day")
        return trend

    def load(self, asked: Asked) -> "Bars":
        """Return the bars that were asked for."""
        from cryptoflow.market.checks import check
        from cryptoflow.market.synthetic import BEGINNING, World, bars

        if asked.timeframe % MINUTE:
            raise CryptoflowError("synthetic prices have no bars shorter than a minute", fix="timeframe: 1m")
        if asked.start < BEGINNING:
            raise CryptoflowError("synthetic prices begin on 2010-01-01", fix="start later")
        price, volatility, turnover = KNOWN.get(asked.symbol.partition("/")[0], OTHERS)
        price = self.price or price
        world = World(
            symbol=asked.symbol,
            seed=asked.seed,
            price=price,
            decimals=_decimals(price),
            volatility=volatility if self.volatility is None else self.volatility,
            turnover=turnover,
            trend=self.trend,
            correlation=self.correlation,
            jumps=self.jumps,
            outages=self.outages,
        )
        made = bars(world, asked.timeframe, asked.start, asked.end)
        check(made)
        return made


def _decimals(price: float) -> int:
    """How many decimals a price has: two from a hundred upwards, one more for every ten times less.

    >>> _decimals(40_000), _decimals(0.3)
    (2, 5)
    """
    decimals = 2
    while price < 100:
        price, decimals = price * 10, decimals + 1
    return decimals
