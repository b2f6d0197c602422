"""How often a person has run into the same rule."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.gates import Day
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate


@gate("same_refusals")
class SameRefusals(Gate):
    """Send one tier down after one rule has refused so many orders of the operator."""

    demotes = True
    count: int = Field(ge=1, le=1_000, description="refusals by one rule that are too many", examples=["3"])
    within: Day = Field(description="time in which they count", examples=["24h"])

    @staticmethod
    def finding(
        evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], needed: float, _within: float
    ) -> Finding:
        """Too many of them.

        >>> [SameRefusals.finding(Evidence(refusals=count), (), (), 3, 86_400_000).met for count in (2, 3)]
        [0, 1]
        """
        return at_least(evidence.refusals, needed)
