"""How long an account has been worth less than its tier begins with."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.calendar import MINUTE
from cryptoflow.domain.discipline.gates import Finding, above
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate


@gate("equity_below")
class EquityBelow(Gate):
    """Send one tier down once equity has been under the tier's own for longer than so."""

    demotes = True
    minutes: int = Field(ge=0, le=100_000, description="minutes under it that are forgiven", examples=["60"])

    @staticmethod
    def finding(evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], minutes: float) -> Finding:
        """Longer than forgiven.

        >>> [EquityBelow.finding(Evidence(under=at * 60_000), (), (), 60).met for at in (60, 61)]
        [0, 1]
        """
        return above(evidence.under / MINUTE, minutes)
