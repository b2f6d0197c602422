"""How often trades win, or how much more they win than lose."""

from collections.abc import Sequence
from math import inf

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate
from cryptoflow.spec.values import Share


@gate("win_rate_or_profit_factor")
class WinRateOrProfitFactor(Gate):
    """Ask for a share of winning trades, or for profits that are so many times the losses; either is enough.

    What it shows is the better of the two, each as a part of what is asked: 1 is enough.
    """

    win_rate: Share = Field(gt=0, description="share of trades that win", examples=["45%"])
    profit_factor: float = Field(gt=0, le=100, description="what trades brought by what they cost", examples=["1.3"])

    @staticmethod
    def finding(
        evidence: Evidence, _days: Sequence[float], _stops: Sequence[float], win_rate: float, profit_factor: float
    ) -> Finding:
        """One of the two.

        >>> often = Evidence(trades=100, wins=45, gained=1.0, lost=1.0)
        >>> rarely = Evidence(trades=100, wins=10, gained=1.3, lost=1.0)
        >>> [WinRateOrProfitFactor.finding(each, (), (), 0.45, 1.3).value for each in (often, rarely, Evidence())]
        [1.0, 1.0, nan]
        """
        rate = ratio(ratio(evidence.wins, evidence.trades), win_rate)
        factor = inf if evidence.lost == 0.0 and evidence.gained > 0.0 else ratio(evidence.gained, evidence.lost)
        share = ratio(factor, profit_factor)
        return at_least(share if share > rate else rate, 1.0)
