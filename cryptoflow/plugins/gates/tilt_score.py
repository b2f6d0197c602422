"""How far its owner's behaviour is from the usual while something is held."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate


@gate("tilt_score")
class TiltScore(Gate):
    """Send one tier down when the tilt score is so high while a position is open; without one it is not looked at."""

    demotes = True
    min: int = Field(ge=1, le=100, description="score that is too high", examples=["80"])

    @staticmethod
    def finding(evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], needed: float) -> Finding:
        """Too high, and something is held.

        >>> [TiltScore.finding(Evidence(tilt=80.0, positions=count), (), (), 80).met for count in (0, 1)]
        [0, 1]
        """
        return at_least(evidence.tilt if evidence.positions > 0 else 0.0, needed)
