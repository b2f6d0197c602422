"""No slippage at all."""

from cryptoflow.plugins.kinds import Slippage
from cryptoflow.plugins.registry import slippage


@slippage("none")
class NoSlippage(Slippage):
    """Fill at the price seen, which no market does; reports of such a run are marked."""

    @staticmethod
    def cost(_side: int, _price: float, _quantity: float, _volume: float) -> float:
        """What share of the price the fill loses.

        >>> NoSlippage.cost(1, 50.0, 2.0, 100.0)
        0.0
        """
        return 0.0
