"""An impact that grows with the square of the share of volume."""

from pydantic import Field

from cryptoflow.plugins.kinds import Slippage
from cryptoflow.plugins.registry import slippage
from cryptoflow.spec.values import Share


@slippage("volume_share")
class VolumeShare(Slippage):
    """Push the price by the square of what part of the bar's volume one is, counted up to a limit.

    Small fills cost next to nothing and large ones a lot, so it suits thin markets. Where nothing traded, or
    nobody knows, a fill costs as much as at the limit.
    """

    impact: Share = Field(Share("10%"), description="share of the price lost by a fill as large as the bar's volume")
    limit: Share = Field(Share("10%"), description="share of the bar's volume; larger fills cost no more")

    @staticmethod
    def cost(_side: int, _price: float, quantity: float, volume: float, impact: float, limit: float) -> float:
        """What share of the price the fill loses.

        >>> round(VolumeShare.cost(1, 50.0, 5.0, 100.0, 0.1, 0.1), 9)  # a twentieth of the volume
        0.00025
        """
        share = min(quantity / volume, limit) if volume > 0.0 else limit
        return impact * share * share
