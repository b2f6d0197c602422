"""What an account earned for how much it swung."""

from collections.abc import Sequence
from math import nan

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, above, deviation, mean
from cryptoflow.domain.discipline.records import DAYS, Evidence
from cryptoflow.domain.numbers import ratio, root
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate

YEAR = 365.0
"""Days of a year, in a market that never closes."""


@gate("sharpe")
class Sharpe(Gate):
    """Ask for a Sharpe ratio of the last days in the tier: their mean by their sample deviation, over a year of days.

    Nothing is earned without risk here: days that do not swing at all show nothing.
    """

    above: float = Field(ge=0, le=100, description="ratio that has to be exceeded", examples=["1.5"])
    days: int = Field(
        ge=2, le=DAYS, description="completed days that are looked at; fewer show nothing", examples=["30"]
    )

    @staticmethod
    def finding(evidence: Evidence, days: Sequence[float], _stops: Sequence[float], limit: float, of: float) -> Finding:
        """A ratio above what is asked.

        >>> Sharpe.finding(Evidence(kept=3), (0.01, 0.02, 0.03), (), 1.5, 3)
        Finding(value=38.2099463490856, needed=1.5, met=1)
        """
        count = int(of)
        if evidence.kept < count:
            return above(nan, limit)
        return above(ratio(mean(days, count), deviation(days, count)) * root(YEAR), limit)
