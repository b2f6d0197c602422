"""How far equity may fall from its peak."""

from math import inf

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.domain.review import Reading
from cryptoflow.plugins.kinds import Measure, Rule
from cryptoflow.plugins.limits import ceiling
from cryptoflow.plugins.registry import rule
from cryptoflow.spec.values import Limit


@rule("drawdown")
class Drawdown(Rule):
    """Enter nothing more once equity has fallen from its peak by the limit."""

    measures = (Measure("peak", "equity is {value:.2%} below its peak, limit {limit:.2%}"),)
    smaller = ("limit",)

    limit: Limit = Field(Limit("15%"), description="share of the peak, or an amount, or both")

    @staticmethod
    def headroom(_order: Entry, account: AccountView, share: float, amount: float) -> float:
        """No objection while the fall is below the limit, no room from there on.

        >>> Drawdown.headroom(Entry(), AccountView(equity=900.0, peak_equity=1000.0), 0.15, inf)
        inf
        >>> Drawdown.headroom(Entry(), AccountView(equity=850.0, peak_equity=1000.0), 0.15, inf)
        0.0
        """
        fallen = account.peak_equity - account.equity
        return inf if fallen < ceiling(account.peak_equity, share, amount) else 0.0

    @staticmethod
    def reading(_order: Entry, account: AccountView, share: float, amount: float) -> Reading:
        """How far equity is below its peak, and may be, as shares of the peak.

        >>> Drawdown.reading(Entry(), AccountView(equity=800.0, peak_equity=1000.0), 0.15, inf)
        Reading(value=0.2, limit=0.15, measure=0)
        """
        peak = account.peak_equity
        return Reading(ratio(peak - account.equity, peak), ratio(ceiling(peak, share, amount), peak), 0)
