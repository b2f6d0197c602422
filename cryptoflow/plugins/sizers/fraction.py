"""A share of equity."""

from pydantic import Field

from cryptoflow.plugins.kinds import Sizer
from cryptoflow.plugins.registry import sizer
from cryptoflow.spec.values import Share


@sizer("fraction")
class Fraction(Sizer):
    """Put the same share of equity into every entry."""

    share: Share = Field(Share("10%"), description="share of equity")

    @staticmethod
    def notional(equity: float, _cash: float, _price: float, _stop: float, share: float) -> float:
        """How much quote the entry would like to be.

        >>> Fraction.notional(1000.0, 400.0, 50.0, 45.0, 0.25)
        250.0
        """
        return equity * share
