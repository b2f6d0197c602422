"""How much an account has traded."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate


@gate("trades")
class Trades(Gate):
    """Ask for so many closed trades in the tier."""

    min: int = Field(ge=1, le=1_000_000, description="trades that are enough", examples=["100"])

    @staticmethod
    def finding(evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], min: float) -> Finding:  # noqa: A002  # as it is written
        """Enough trades.

        >>> Trades.finding(Evidence(trades=100), (), (), 100).met
        1
        """
        return at_least(evidence.trades, min)
