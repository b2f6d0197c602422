"""How many symbols an account does well with."""

from collections.abc import Sequence

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate


@gate("symbols_in_profit")
class SymbolsInProfit(Gate):
    """Ask for so many symbols that have brought a profit in the tier."""

    min: int = Field(ge=1, le=1_000, description="symbols that are enough", examples=["3"])

    @staticmethod
    def finding(evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], needed: float) -> Finding:
        """Enough symbols.

        >>> [SymbolsInProfit.finding(Evidence(symbols_in_profit=symbols), (), (), 3).met for symbols in (2, 3)]
        [0, 1]
        """
        return at_least(evidence.symbols_in_profit, needed)
