"""Every entry has a stop, and not just any."""

from math import inf

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.plugins.kinds import Rule
from cryptoflow.plugins.registry import rule
from cryptoflow.spec.values import Share


@rule("stop")
class Stop(Rule):
    """Refuse an entry whose stop is missing, on the wrong side of the price, or too far from it."""

    max_distance: Share = Field(Share("15%"), description="share of the entry price")

    @staticmethod
    def headroom(order: Entry, _account: AccountView, max_distance: float) -> float:
        """No objection to a good stop, no room otherwise; the last bits of a float are forgiven.

        >>> Stop.headroom(Entry(price=100.0, stop=85.0), AccountView(), 0.15)
        inf
        >>> Stop.headroom(Entry(price=100.0, stop=80.0), AccountView(), 0.15)
        0.0
        >>> Stop.headroom(Entry(price=100.0, stop=101.0), AccountView(), 0.15)
        0.0
        """
        distance = ratio((order.price - order.stop) * order.side, order.price)
        return inf if 0.0 < distance <= max_distance * (1 + 1e-9) else 0.0
