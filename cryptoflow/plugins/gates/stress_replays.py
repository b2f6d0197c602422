"""What an account has survived on paper."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate


@gate("stress_replays")
class StressReplays(Gate):
    """Ask for so many replays of hard times, survived on paper."""

    min: int = Field(ge=1, le=1_000, description="replays that are enough", examples=["3"])

    @staticmethod
    def finding(evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], needed: float) -> Finding:
        """Enough replays.

        >>> [StressReplays.finding(Evidence(replays=replays), (), (), 3).met for replays in (2.0, 3.0)]
        [0, 1]
        """
        return at_least(evidence.replays, needed)
