"""How large one position may be, and how much it may lose."""

from math import isnan

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.plugins.kinds import Rule
from cryptoflow.plugins.limits import ceiling
from cryptoflow.plugins.registry import rule
from cryptoflow.spec.values import Limit, Share


@rule("position")
class Position(Rule):
    """Keep each position under a limit, and what it would lose at its stop under a share of equity.

    What is already held or pending of the symbol counts; without a stop all of a position is at stake.
    """

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
        distance = 1.0 if isnan(order.stop) else abs(ratio(order.price - order.stop, order.price))
        most = ceiling(account.equity, share, amount)
        if distance > 0.0:
            most = min(most, account.equity * risk / distance)
        return most - account.symbol_exposure
