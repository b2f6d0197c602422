"""How many strategies carry an account."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate
from cryptoflow.spec.values import Share


@gate("strategies_in_profit")
class StrategiesInProfit(Gate):
    """Ask for so many strategies in profit, of which none earned more than a share of what all came to.

    Where one earned more, or all came to nothing, none counts.
    """

    min: int = Field(ge=1, le=1_000, description="strategies that are enough", examples=["3"])
    largest: Share = Field(gt=0, description="share of the whole profit that one may have earned", examples=["40%"])

    @staticmethod
    def finding(
        evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], needed: float, largest: float
    ) -> Finding:
        """Enough of them, none too large.

        >>> three = [Evidence(strategies_in_profit=3, largest_share=share) for share in (0.4, 0.41)]
        >>> [StrategiesInProfit.finding(each, (), (), 3, 0.4).value for each in three]
        [3.0, 0.0]
        """
        return at_least(evidence.strategies_in_profit if evidence.largest_share <= largest else 0, needed)
