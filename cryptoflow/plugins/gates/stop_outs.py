"""Stops that were hit one after the other."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import STOPS, Evidence
from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate
from cryptoflow.spec.values import Duration, Share


@gate("stop_outs")
class StopOuts(Gate):
    """Send one tier down after so many stop-outs in a row within a time that together cost a share of equity."""

    demotes = True
    count: int = Field(ge=1, le=STOPS, description="stop-outs in a row that are too many", examples=["3"])
    within: Duration = Field(gt=0, description="time in which they happen", examples=["24h"])
    cost: Share = Field(description="share of equity that they cost together", examples=["3%"])

    @staticmethod
    def finding(
        evidence: Evidence,
        _days: Sequence[float],
        stops: Sequence[float],
        count: float,
        within: float,
        needed: float,
    ) -> Finding:
        """What they cost, where they are enough: all of that time, not only the newest few.

        >>> hour, three = 3_600_000, (7_200_000.0, 10.0, 3_600_000.0, 10.0, 0.0, 10.0)
        >>> StopOuts.finding(Evidence(at=2 * hour, equity=1000.0, stop_outs=3), (), three, 3, 2 * hour, 0.03)
        Finding(value=0.03, needed=0.03, met=1)
        >>> StopOuts.finding(Evidence(at=3 * hour, equity=1000.0, stop_outs=3), (), three, 3, 2 * hour, 0.03)
        Finding(value=0.0, needed=0.03, met=0)
        """
        found = 0
        lost = 0.0
        for place in range(evidence.stop_outs):
            if not evidence.at - stops[2 * place] <= within:
                break
            found += 1
            lost += stops[2 * place + 1]
        return at_least(ratio(lost, evidence.equity) if found >= count else 0.0, needed)
