"""What the venue would refuse anyway."""

from math import inf, isnan

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.plugins.kinds import Rule
from cryptoflow.plugins.registry import rule
from cryptoflow.spec.values import Money


@rule("filters")
class Filters(Rule):
    """Refuse an entry below one lot or the smallest order, or one whose exit at the stop would be.

    What the other rules cut below the smallest order is refused after them, naming both.
    """

    minimum: Money = Field(Money("10 USDT"), description="quote currency; the venue's own minimum holds if larger")

    @staticmethod
    def headroom(order: Entry, _account: AccountView, minimum: float) -> float:
        """No objection to an order the venue takes now and at the stop, no room otherwise.

        >>> Filters.headroom(Entry(price=100.0, stop=90.0, notional=12.0), AccountView(), 10.0)
        inf
        >>> Filters.headroom(Entry(price=100.0, stop=80.0, notional=12.0), AccountView(), 10.0)  # 9.6 at the stop
        0.0
        """
        exit_price = order.price if isnan(order.stop) else min(order.stop, order.price)
        at_exit = order.notional * ratio(exit_price, order.price)
        smallest = max(minimum, order.min_notional)
        return inf if at_exit >= smallest and order.notional >= order.lot * order.price else 0.0
