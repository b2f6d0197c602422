"""How many of an account's days were no losses."""

from collections.abc import Sequence
from math import nan

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import DAYS, Evidence
from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate
from cryptoflow.spec.values import Share


@gate("days_not_losing")
class DaysNotLosing(Gate):
    """Ask that so large a share of the last days in the tier did not lose, days without a trade among them."""

    min: Share = Field(gt=0, description="share of the days that is enough", examples=["60%"])
    of: int = Field(ge=1, le=DAYS, description="completed days that are looked at; fewer show nothing", examples=["20"])

    @staticmethod
    def finding(
        evidence: Evidence, days: Sequence[float], _stops: Sequence[float], needed: float, of: float
    ) -> Finding:
        """A share of days that is large enough.

        >>> DaysNotLosing.finding(Evidence(kept=4), (0.01, -0.01, 0.0, 0.02), (), 0.75, 4).met
        1
        >>> DaysNotLosing.finding(Evidence(kept=3), (0.01, 0.01, 0.0), (), 0.75, 4)
        Finding(value=nan, needed=0.75, met=0)
        """
        count = int(of)
        if evidence.kept < count:
            return at_least(nan, needed)
        kept = 0
        for place in range(count):
            if days[place] >= 0.0:
                kept += 1
        return at_least(ratio(kept, of), needed)
