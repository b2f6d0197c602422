"""How much an account has traded on paper."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate


@gate("paper_trips")
class PaperTrips(Gate):
    """Ask for so many closed trades on paper."""

    min: int = Field(ge=1, le=1_000_000, description="trades that are enough", examples=["10"])

    @staticmethod
    def finding(evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], needed: float) -> Finding:
        """Enough trades.

        >>> [PaperTrips.finding(Evidence(paper_trips=trips), (), (), 10).met for trips in (9.0, 10.0)]
        [0, 1]
        """
        return at_least(evidence.paper_trips, needed)
