"""What the venue would refuse anyway."""

from math import inf

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.domain.review import Reading
from cryptoflow.plugins.kinds import Measure, Rule
from cryptoflow.plugins.registry import rule
from cryptoflow.spec.values import Money


@rule("filters")
class Filters(Rule):
    """Refuse an entry below one lot or the smallest order, or one whose exit at the stop would be.

    What the other rules cut below the smallest order is refused after them, naming both.
    """

    measures = (
        Measure("order", "wanted {value:,.2f}, smallest order {limit:,.2f}"),
        Measure("exit", "worth {value:,.2f} at its stop, smallest order {limit:,.2f}"),
        Measure("lot", "wanted {value:,.2f}, one lot costs {limit:,.2f}"),
    )
    larger = ("minimum",)

    minimum: Money = Field(Money("10 USDT"), description="quote currency; the venue's own minimum holds if larger")

    @staticmethod
    def headroom(order: Entry, _account: AccountView, minimum: float) -> float:
        """No objection to an order the venue takes now and at the stop, no room otherwise.

        >>> Filters.headroom(Entry(price=100.0, stop=90.0, notional=12.0), AccountView(), 10.0)
        inf
        >>> Filters.headroom(Entry(price=100.0, stop=80.0, notional=12.0), AccountView(), 10.0)  # 9.6 at the stop
        0.0
        """
        smallest = max(minimum, order.min_notional)
        return inf if at_stop(order) >= smallest and order.notional >= order.lot * order.price else 0.0

    @staticmethod
    def reading(order: Entry, _account: AccountView, minimum: float) -> Reading:
        """What the order is worth, now or at its stop, and the least it may be.

        >>> Filters.reading(Entry(price=100.0, stop=75.0, notional=12.0), AccountView(), 10.0)
        Reading(value=9.0, limit=10.0, measure=1)
        """
        smallest = max(minimum, order.min_notional)
        if order.notional < smallest:
            return Reading(order.notional, smallest, 0)
        if order.notional < order.lot * order.price:
            return Reading(order.notional, order.lot * order.price, 2)
        return Reading(at_stop(order), smallest, 1)


def at_stop(order: Entry) -> float:
    """What the order is worth where its stop is; without one, or with one above the price, what it is worth now.

    >>> at_stop(Entry(price=100.0, stop=75.0, notional=12.0)), at_stop(Entry(price=100.0, notional=12.0))
    (9.0, 12.0)
    """
    return order.notional * ratio(order.stop, order.price) if order.stop < order.price else order.notional
