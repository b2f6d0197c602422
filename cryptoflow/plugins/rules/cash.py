"""What the account can pay."""

from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.domain.review import Reading, affordable
from cryptoflow.plugins.kinds import Measure, Rule
from cryptoflow.plugins.registry import rule


@rule("cash")
class Cash(Rule):
    """Spend only free cash: what earlier orders have reserved is taken off, and the fee has to fit in.

    An entry that may pay more than the price it counts on has to be paid for at the most it may pay.
    """

    measures = (Measure("cash", "wanted {value:,.2f}, free cash pays for {limit:,.2f}"),)

    @staticmethod
    def headroom(order: Entry, account: AccountView) -> float:
        """The cash that is free, less the fee of spending it.

        >>> Cash.headroom(Entry(fee=0.25), AccountView(cash=100.0))
        80.0
        """
        return affordable(order, account)

    @staticmethod
    def reading(order: Entry, account: AccountView) -> Reading:
        """What was wanted, and what can be paid for.

        >>> Cash.reading(Entry(fee=0.25, notional=100.0), AccountView(cash=100.0))
        Reading(value=100.0, limit=80.0, measure=0)
        """
        return Reading(order.notional, affordable(order, account), 0)
