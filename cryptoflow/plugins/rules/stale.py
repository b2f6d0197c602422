"""How old the newest price may be."""

from math import inf

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.domain.review import Reading
from cryptoflow.plugins.kinds import Measure, Rule
from cryptoflow.plugins.registry import rule


@rule("stale")
class Stale(Rule):
    """Enter nothing on old data: the newest bar of the symbol must have closed within the last few timeframes."""

    measures = (Measure("age", "the newest bar is {value:.1f} timeframes old, limit {limit:.1f}"),)
    smaller = ("bars",)

    bars: float = Field(2.0, gt=0, le=100, description="timeframes since the close of the newest bar")

    @staticmethod
    def headroom(order: Entry, _account: AccountView, bars: float) -> float:
        """No objection while the newest bar is young, no room once it is older.

        >>> Stale.headroom(Entry(at=180_000, bar_at=60_000, timeframe=60_000), AccountView(), 2.0)
        inf
        >>> Stale.headroom(Entry(at=180_001, bar_at=60_000, timeframe=60_000), AccountView(), 2.0)
        0.0
        """
        return inf if order.at - order.bar_at <= bars * order.timeframe else 0.0

    @staticmethod
    def reading(order: Entry, _account: AccountView, bars: float) -> Reading:
        """How old the newest bar is, in timeframes.

        >>> Stale.reading(Entry(at=240_000, bar_at=60_000, timeframe=60_000), AccountView(), 2.0)
        Reading(value=3.0, limit=2.0, measure=0)
        """
        return Reading(ratio(float(order.at - order.bar_at), float(order.timeframe)), bars, 0)
