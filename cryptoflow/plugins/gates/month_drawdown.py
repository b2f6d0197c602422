"""How deep an account fell within a month."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_most
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate
from cryptoflow.spec.values import Share


@gate("month_drawdown")
class MonthDrawdown(Gate):
    """Ask that in no month in the tier equity fell by more than a share from its highest close of a day."""

    max: Share = Field(description="share of the month's highest equity that may be lost", examples=["10%"])

    @staticmethod
    def finding(evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], limit: float) -> Finding:
        """No month that fell too deep.

        >>> [MonthDrawdown.finding(Evidence(month_drawdown=fall), (), (), 0.1).met for fall in (0.1, 0.11)]
        [1, 0]
        """
        return at_most(evidence.month_drawdown, limit)
