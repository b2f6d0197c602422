"""How often a person has tried to override."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.gates import Day
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate


@gate("overrides")
class Overrides(Gate):
    """Send one tier down after so many attempts to override the account's discipline, also those that were refused."""

    demotes = True
    count: int = Field(ge=1, le=1_000, description="attempts that are too many", examples=["5"])
    within: Day = Field(description="time in which they count", examples=["24h"])

    @staticmethod
    def finding(
        evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], needed: float, _within: float
    ) -> Finding:
        """Too many of them.

        >>> [Overrides.finding(Evidence(overrides=count), (), (), 5, 86_400_000).met for count in (4, 5)]
        [0, 1]
        """
        return at_least(evidence.overrides, needed)
