"""How long an account has been in its tier."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate


@gate("days_in_tier")
class DaysInTier(Gate):
    """Ask for so many days in the tier."""

    min: int = Field(ge=1, le=10_000, description="days that are enough", examples=["30"])

    @staticmethod
    def finding(evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], min: float) -> Finding:  # noqa: A002  # as it is written
        """Enough days.

        >>> DaysInTier.finding(Evidence(days=29.9), (), (), 30).met
        0
        """
        return at_least(evidence.days, min)
