"""What the account can pay."""

from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.plugins.kinds import Rule
from cryptoflow.plugins.registry import rule


@rule("cash")
class Cash(Rule):
    """Spend only free cash: what earlier orders have reserved is taken off, and the fee has to fit in."""

    @staticmethod
    def headroom(order: Entry, account: AccountView) -> float:
        """The cash that is free, less the fee of spending it.

        >>> Cash.headroom(Entry(fee=0.25), AccountView(cash=100.0))
        80.0
        """
        return account.cash / (1.0 + order.fee)
