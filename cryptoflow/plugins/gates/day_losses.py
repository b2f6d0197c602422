"""Days that have cost much, one after the other."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import DAYS, Evidence
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate
from cryptoflow.spec.values import Share


@gate("day_losses")
class DayLosses(Gate):
    """Send one tier down after so many days in a row that have each cost more than a share of what they opened with.

    The day that goes on is one of them as soon as it has lost so much.
    """

    demotes = True
    above: Share = Field(gt=0, description="share of a day's opening equity that may be lost", examples=["5%"])
    days: int = Field(ge=1, le=DAYS, description="days in a row that are too many", examples=["3"])

    @staticmethod
    def finding(
        evidence: Evidence, days: Sequence[float], _stops: Sequence[float], limit: float, needed: float
    ) -> Finding:
        """Enough of them, today first.

        >>> DayLosses.finding(Evidence(day=-0.06, kept=3), (-0.07, -0.06, 0.01), (), 0.05, 3)
        Finding(value=3.0, needed=3.0, met=1)
        """
        row = 1 if -evidence.day > limit else 0
        for place in range(evidence.kept):
            if not -days[place] > limit:
                break
            row += 1
        return at_least(row, needed)
