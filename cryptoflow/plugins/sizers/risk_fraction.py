"""What loses a share of equity at the stop."""

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.kinds import Sizer
from cryptoflow.plugins.registry import sizer
from cryptoflow.spec.values import Share


@sizer("risk_fraction")
class RiskFraction(Sizer):
    """Make every entry lose the same share of equity if its stop is hit: the nearer the stop, the larger.

    An entry without a stop has no size and is refused: give the strategy a `stop_loss`, or the spec
    `risk: {stop_loss: {missing: attach 2%}}`.
    """

    risk: Share = Field(Share("0.5%"), description="share of equity lost at the stop")
    max_share: Share = Field(Share("100%"), description="share of equity; no entry is larger, however near its stop")

    @staticmethod
    def notional(equity: float, _cash: float, price: float, stop: float, risk: float, max_share: float) -> float:
        """How much quote the entry would like to be; NaN without a stop.

        >>> RiskFraction.notional(1000.0, 400.0, 50.0, 45.0, 0.01, 1.0)  # 10 at stake, a tenth of the size
        100.0
        """
        wanted = ratio(equity * risk * price, abs(price - stop))
        most = equity * max_share
        return most if wanted > most else wanted
