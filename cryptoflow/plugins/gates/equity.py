"""How much an account is worth."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate
from cryptoflow.spec.values import Money


@gate("equity")
class Equity(Gate):
    """Ask for so much equity."""

    min: Money = Field(description="equity that is enough", examples=["2000 USDT"])

    @staticmethod
    def finding(evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], min: float) -> Finding:  # noqa: A002  # as it is written
        """Enough equity.

        >>> Equity.finding(Evidence(equity=2000.0), (), (), 2000.0).met
        1
        """
        return at_least(evidence.equity, min)
