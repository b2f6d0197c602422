"""Every entry has a stop, and not just any."""

from math import inf, isnan

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.domain.review import Reading
from cryptoflow.plugins.kinds import Measure, Rule
from cryptoflow.plugins.registry import rule
from cryptoflow.spec.values import Share


@rule("stop")
class Stop(Rule):
    """Refuse an entry whose stop is missing, on the wrong side of the price, or too far from it."""

    measures = (
        Measure("distance", "the stop is {value:.2%} away, limit {limit:.2%}"),
        Measure("side", "the stop is {value:.2%} below the price, which is no stop"),
        Measure("missing", "it has no stop"),
    )
    smaller = ("max_distance",)

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

    @staticmethod
    def reading(order: Entry, _account: AccountView, max_distance: float) -> Reading:
        """How far the stop is away as a share of the price; where there is none all of the price is at stake.

        >>> Stop.reading(Entry(price=100.0, stop=80.0), AccountView(), 0.15)
        Reading(value=0.2, limit=0.15, measure=0)
        >>> Stop.reading(Entry(price=100.0), AccountView(), 0.15)
        Reading(value=1.0, limit=0.15, measure=2)
        """
        if isnan(order.stop):
            return Reading(1.0, max_distance, 2)
        distance = ratio((order.price - order.stop) * order.side, order.price)
        return Reading(distance, max_distance, 0 if distance > 0.0 else 1)
