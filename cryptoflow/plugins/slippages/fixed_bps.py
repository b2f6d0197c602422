"""The same slippage for every fill."""

from pydantic import Field

from cryptoflow.plugins.kinds import Slippage
from cryptoflow.plugins.registry import slippage
from cryptoflow.spec.values import Bps


@slippage("fixed_bps")
class FixedBps(Slippage):
    """Lose the same few basis points on every fill, however large it is."""

    bps: Bps = Field(Bps("5 bps"), description="share of the price in basis points")

    @staticmethod
    def cost(_side: int, _price: float, _quantity: float, _volume: float, bps: float) -> float:
        """What share of the price the fill loses.

        >>> FixedBps.cost(1, 50.0, 2.0, 100.0, 0.0005)
        0.0005
        """
        return bps
