"""How long an account has kept to its hard limits."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate


@gate("no_breach")
class NoBreach(Gate):
    """Ask for so many days since a hard limit was broken, which is what trips the kill switch."""

    days: int = Field(ge=1, le=10_000, description="days that are enough", examples=["14"])

    @staticmethod
    def finding(evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], needed: float) -> Finding:
        """Long enough ago, or never.

        >>> [NoBreach.finding(Evidence(days_since_breach=days), (), (), 14).met for days in (13.9, 14.0, float("inf"))]
        [0, 1, 1]
        """
        return at_least(evidence.days_since_breach, needed)
