"""How much may be in the market at once."""

from pydantic import Field

from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.domain.review import Reading
from cryptoflow.plugins.kinds import Measure, Rule
from cryptoflow.plugins.limits import ceiling
from cryptoflow.plugins.registry import rule
from cryptoflow.spec.values import Limit


@rule("exposure")
class Exposure(Rule):
    """Keep all that is in the market, pending entries included, under a limit."""

    measures = (Measure("total", "{value:,.2f} would be in the market, limit {limit:,.2f}"),)
    smaller = ("limit",)

    limit: Limit = Field(Limit("100%"), description="share of equity, or an amount, or both")

    @staticmethod
    def headroom(_order: Entry, account: AccountView, share: float, amount: float) -> float:
        """What is left of the limit.

        >>> from math import inf
        >>> Exposure.headroom(Entry(), AccountView(equity=1000.0, exposure=200.0), 0.5, inf)
        300.0
        """
        return ceiling(account.equity, share, amount) - account.exposure

    @staticmethod
    def reading(order: Entry, account: AccountView, share: float, amount: float) -> Reading:
        """What would be in the market with this entry, and the limit.

        >>> from math import inf
        >>> Exposure.reading(Entry(notional=400.0), AccountView(equity=1000.0, exposure=200.0), 0.5, inf)
        Reading(value=600.0, limit=500.0, measure=0)
        """
        return Reading(account.exposure + order.notional, ceiling(account.equity, share, amount), 0)
