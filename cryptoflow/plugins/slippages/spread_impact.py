"""Half the spread, and an impact that grows with the root of the size."""

from math import sqrt

from pydantic import Field

from cryptoflow.plugins.kinds import Slippage
from cryptoflow.plugins.registry import slippage
from cryptoflow.spec.values import Bps


@slippage("spread_impact")
class SpreadImpact(Slippage):
    """Cross half the spread and push the price by the square root of what part of the bar's volume one is.

    The defaults suit the major coins: a spread of 2 bps, and 10 bps for as much as the whole bar traded. Where
    nothing traded, or nobody knows, a fill costs the cap.
    """

    half_spread: Bps = Field(Bps("1 bps"), description="share of the price in basis points")
    impact: Bps = Field(Bps("10 bps"), description="share of the price lost by a fill as large as the bar's volume")
    cap: Bps = Field(Bps("100 bps"), description="share of the price; no fill loses more")

    @staticmethod
    def cost(
        _side: int, _price: float, quantity: float, volume: float, half_spread: float, impact: float, cap: float
    ) -> float:
        """What share of the price the fill loses.

        >>> round(SpreadImpact.cost(1, 50.0, 1.0, 100.0, 0.0001, 0.001, 0.01), 9)  # 1 bps, and a tenth of 10
        0.0002
        """
        if not volume > 0.0:
            return cap
        return min(half_spread + impact * sqrt(quantity / volume), cap)
