"""A fixed amount."""

from pydantic import Field

from cryptoflow.plugins.kinds import Sizer
from cryptoflow.plugins.registry import sizer
from cryptoflow.spec.values import Money


@sizer("fixed")
class Fixed(Sizer):
    """Put the same amount of money into every entry, however large the account is."""

    spends = True

    amount: Money = Field(Money("100 USDT"), description="quote currency")

    @staticmethod
    def notional(_equity: float, _cash: float, _price: float, _stop: float, amount: float) -> float:
        """How much quote the entry would like to be.

        >>> Fixed.notional(1000.0, 400.0, 50.0, 45.0, 100.0)
        100.0
        """
        return amount
