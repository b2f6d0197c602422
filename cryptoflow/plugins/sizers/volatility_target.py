"""What swings by the same share of equity, whatever the market does."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.kinds import Lookback, Sizer
from cryptoflow.plugins.registry import sizer
from cryptoflow.spec.values import Gain, Share


@sizer("volatility_target")
class VolatilityTarget(Sizer):
    """Make every entry swing by the same share of equity a year: the wilder the symbol, the smaller.

    The symbol's volatility is the deviation of its returns over the last `bars`, scaled to a year.
    """

    let: ClassVar[Mapping[str, str]] = {"wild": "stdev(close / close[1] - 1, bars) * sqrt(bars_per_year)"}

    target: Gain = Field(Gain("20%"), gt=0, description="volatility of the position as a share of equity a year")
    bars: Lookback = Field(100, ge=2, description="returns that the symbol's volatility is taken from")
    max_share: Share = Field(Share("100%"), description="share of equity; no entry is larger, however calm its symbol")

    @staticmethod
    def notional(
        equity: float,
        _cash: float,
        _price: float,
        _stop: float,
        wild: float,
        target: float,
        _bars: float,
        max_share: float,
    ) -> float:
        """How much quote the entry would like to be; NaN of a symbol that does not move.

        >>> VolatilityTarget.notional(1000.0, 400.0, 50.0, 45.0, 0.8, 0.2, 100, 1.0)
        250.0
        """
        wanted = equity * ratio(target, wild)
        most = equity * max_share
        return most if wanted > most else wanted
