"""How far a price may be from the market."""

from math import inf, isnan

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.domain.review import Reading
from cryptoflow.plugins.kinds import Measure, Rule
from cryptoflow.plugins.registry import rule
from cryptoflow.spec.values import Share


@rule("collar")
class Collar(Rule):
    """Refuse a limit price too far from the last close, above or below; an order at market has none."""

    measures = (Measure("distance", "its limit price is {value:.2%} from the last close, at most {limit:.2%}"),)
    smaller = ("limit",)

    limit: Share = Field(Share("5%"), gt=0, description="share of the last close")

    @staticmethod
    def headroom(order: Entry, _account: AccountView, limit: float) -> float:
        """No objection to a limit price near the last close, no room for any other; last bits are forgiven.

        >>> Collar.headroom(Entry(limit=95.0, last=100.0), AccountView(), 0.05), Collar.headroom(
        ...     Entry(limit=94.9, last=100.0), AccountView(), 0.05
        ... )
        (inf, 0.0)
        >>> Collar.headroom(Entry(last=100.0), AccountView(), 0.05)
        inf
        """
        if isnan(order.limit):
            return inf
        return inf if abs(ratio(order.limit - order.last, order.last)) <= limit * (1 + 1e-9) else 0.0

    @staticmethod
    def reading(order: Entry, _account: AccountView, limit: float) -> Reading:
        """How far the limit price is from the last close, as a share of it.

        >>> Collar.reading(Entry(limit=90.0, last=100.0), AccountView(), 0.05)
        Reading(value=0.1, limit=0.05, measure=0)
        """
        return Reading(abs(ratio(order.limit - order.last, order.last)), limit, 0)
