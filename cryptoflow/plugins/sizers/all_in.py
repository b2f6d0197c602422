"""All the cash there is."""

from cryptoflow.plugins.kinds import Sizer
from cryptoflow.plugins.registry import sizer


@sizer("all_in")
class AllIn(Sizer):
    """Put all free cash into every entry, fees included: for comparing strategies, not for living from one."""

    spends = True

    @staticmethod
    def notional(_equity: float, cash: float, _price: float, _stop: float) -> float:
        """How much quote the entry would like to be.

        >>> AllIn.notional(1000.0, 400.0, 50.0, 45.0)
        400.0
        """
        return cash
