"""How many orders may be sent."""

from math import inf

from pydantic import Field

from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.domain.review import Reading
from cryptoflow.plugins.kinds import Measure, Rule
from cryptoflow.plugins.registry import rule


@rule("rate")
class Rate(Rule):
    """Enter nothing more in a second or a day that has seen its number of orders."""

    measures = (
        Measure("day", "{value:.0f} orders today, limit {limit:.0f}"),
        Measure("second", "{value:.0f} orders in a second, limit {limit:.0f}"),
    )
    smaller = ("per_second", "per_day")

    per_second: int = Field(5, ge=1, le=1000, description="orders in a second")
    per_day: int = Field(100, ge=1, le=100_000, description="orders since 00:00 UTC")

    @staticmethod
    def headroom(_order: Entry, account: AccountView, per_second: float, per_day: float) -> float:
        """No objection below both numbers, no room from there on.

        >>> Rate.headroom(Entry(), AccountView(orders_today=99), 5, 100)
        inf
        >>> Rate.headroom(Entry(), AccountView(orders_today=100), 5, 100)
        0.0
        """
        slow = account.last_second_orders < per_second and account.orders_today < per_day
        return inf if slow else 0.0

    @staticmethod
    def reading(_order: Entry, account: AccountView, per_second: float, per_day: float) -> Reading:
        """How many orders there were, in the day or else in the second.

        >>> Rate.reading(Entry(), AccountView(orders_today=100), 5, 100)
        Reading(value=100.0, limit=100.0, measure=0)
        """
        if account.orders_today >= per_day:
            return Reading(float(account.orders_today), float(per_day), 0)
        return Reading(float(account.last_second_orders), float(per_second), 1)
