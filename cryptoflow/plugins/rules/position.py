"""How large one position may be, and how much it may lose."""

from math import isnan

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.domain.review import Reading
from cryptoflow.plugins.kinds import Measure, Rule
from cryptoflow.plugins.limits import ceiling
from cryptoflow.plugins.registry import rule
from cryptoflow.spec.values import Limit, Share


@rule("position")
class Position(Rule):
    """Keep each position under a limit, and what it would lose at its stop under a share of equity.

    What is already held or pending of the symbol counts; without a stop all of a position is at stake.
    """

    measures = (
        Measure("size", "the position would be {value:,.2f}, limit {limit:,.2f}"),
        Measure("risk", "the position would lose {value:.2%} of equity at its stop, limit {limit:.2%}"),
    )
    smaller = ("limit", "risk")

    limit: Limit = Field(Limit("100%"), description="share of equity, or an amount, or both")
    risk: Share = Field(Share("1%"), description="share of equity lost if the stop is hit")

    @staticmethod
    def headroom(order: Entry, account: AccountView, share: float, amount: float, risk: float) -> float:
        """What is left of the limit, or of the notional whose stop costs no more than the risk.

        >>> account = AccountView(equity=1000.0, symbol_exposure=50.0)
        >>> Position.headroom(Entry(price=100.0, stop=90.0), account, 0.3, 1000.0, 0.01)  # 100 at risk of 10 %
        50.0
        >>> Position.headroom(Entry(price=100.0, stop=99.0), account, 0.3, 1000.0, 0.01)
        250.0
        """
        distance = stop_distance(order)
        most = ceiling(account.equity, share, amount)
        if distance > 0.0:
            most = min(most, account.equity * risk / distance)
        return most - account.symbol_exposure

    @staticmethod
    def reading(order: Entry, account: AccountView, share: float, amount: float, risk: float) -> Reading:
        """What the position would be in quote, or what it would lose at its stop as a share of equity.

        >>> account = AccountView(equity=1000.0, symbol_exposure=50.0)
        >>> Position.reading(Entry(price=100.0, stop=90.0, notional=450.0), account, 0.3, 1000.0, 0.01)
        Reading(value=0.05, limit=0.01, measure=1)
        >>> Position.reading(Entry(price=100.0, stop=99.0, notional=450.0), account, 0.3, 1000.0, 0.01)
        Reading(value=500.0, limit=300.0, measure=0)
        """
        distance = stop_distance(order)
        most = ceiling(account.equity, share, amount)
        position = account.symbol_exposure + order.notional
        if distance > 0.0 and account.equity > 0.0 and account.equity * risk / distance < most:
            return Reading(position * distance / account.equity, risk, 1)
        return Reading(position, most, 0)


def stop_distance(order: Entry) -> float:
    """How far the stop is from the price as a share of it; all of it without a stop.

    >>> stop_distance(Entry(price=100.0, stop=75.0)), stop_distance(Entry(price=100.0))
    (0.25, 1.0)
    """
    return 1.0 if isnan(order.stop) else abs(ratio(order.price - order.stop, order.price))
