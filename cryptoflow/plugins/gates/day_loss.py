"""What a day has cost."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, above
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate
from cryptoflow.spec.values import Share


@gate("day_loss")
class DayLoss(Gate):
    """Send one tier down after a day that has cost more than a share of what it opened with."""

    demotes = True
    above: Share = Field(gt=0, description="share of the day's opening equity that may be lost", examples=["15%"])

    @staticmethod
    def finding(evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], limit: float) -> Finding:
        """A loss above the limit.

        >>> [DayLoss.finding(Evidence(day=day), (), (), 0.15).met for day in (-0.15, -0.16)]
        [0, 1]
        """
        return above(-evidence.day, limit)
