"""How far fills slipped."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_most
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate
from cryptoflow.spec.values import Share


@gate("fill_impact")
class FillImpact(Gate):
    """Ask that no fill in the tier has slipped by more than a share of what it came to."""

    max: Share = Field(description="share of a fill that may be lost to slippage", examples=["0.5%"])

    @staticmethod
    def finding(evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], limit: float) -> Finding:
        """No fill that slipped too far.

        >>> [FillImpact.finding(Evidence(impact=share), (), (), 0.005).met for share in (0.005, 0.0051)]
        [1, 0]
        """
        return at_most(evidence.impact, limit)
