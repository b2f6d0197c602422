"""How many orders may be sent."""

from math import inf

from pydantic import Field

from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.plugins.kinds import Rule
from cryptoflow.plugins.registry import rule


@rule("rate")
class Rate(Rule):
    """Enter nothing more in a second or a day that has seen its number of orders."""

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
