"""How large one order may be."""

from pydantic import Field

from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.domain.review import Reading
from cryptoflow.plugins.kinds import Measure, Rule
from cryptoflow.plugins.limits import ceiling
from cryptoflow.plugins.registry import rule
from cryptoflow.spec.values import Limit


@rule("order")
class Order(Rule):
    """Keep every single order under a limit."""

    measures = (Measure("size", "wanted {value:,.2f}, limit {limit:,.2f}"),)
    smaller = ("limit",)

    limit: Limit = Field(Limit("100%"), description="share of equity, or an amount, or both")

    @staticmethod
    def headroom(_order: Entry, account: AccountView, share: float, amount: float) -> float:
        """The limit itself.

        >>> Order.headroom(Entry(), AccountView(equity=1000.0), 0.5, 100.0)
        100.0
        """
        return ceiling(account.equity, share, amount)

    @staticmethod
    def reading(order: Entry, account: AccountView, share: float, amount: float) -> Reading:
        """What was wanted, and the limit.

        >>> Order.reading(Entry(notional=500.0), AccountView(equity=1000.0), 0.5, 100.0)
        Reading(value=500.0, limit=100.0, measure=0)
        """
        return Reading(order.notional, ceiling(account.equity, share, amount), 0)
