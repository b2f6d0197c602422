"""How long an account has been left to its strategies."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate


@gate("no_override")
class NoOverride(Gate):
    """Ask for so many days since a person last overrode what the account's discipline says.

    Where nobody ever did, they count from the first event that tells what a person does; without one nothing is known.
    """

    days: int = Field(ge=1, le=10_000, description="days that are enough", examples=["30"])

    @staticmethod
    def finding(evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], needed: float) -> Finding:
        """Long enough ago; never where nothing tells.

        >>> [NoOverride.finding(Evidence(days_since_override=days), (), (), 30).met for days in (29, 30, float("nan"))]
        [0, 1, 0]
        """
        return at_least(evidence.days_since_override, needed)
