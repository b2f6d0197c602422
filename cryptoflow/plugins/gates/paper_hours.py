"""How long an account has been on paper."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate


@gate("paper_hours")
class PaperHours(Gate):
    """Ask for so many hours of paper trading without an order by hand."""

    min: int = Field(ge=1, le=100_000, description="hours that are enough", examples=["24"])

    @staticmethod
    def finding(evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], needed: float) -> Finding:
        """Enough hours.

        >>> [PaperHours.finding(Evidence(paper_hours=hours), (), (), 24).met for hours in (23.9, 24.0)]
        [0, 1]
        """
        return at_least(evidence.paper_hours, needed)
