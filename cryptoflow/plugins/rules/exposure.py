"""How much may be in the market at once."""

from pydantic import Field

from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.plugins.kinds import Rule
from cryptoflow.plugins.limits import ceiling
from cryptoflow.plugins.registry import rule
from cryptoflow.spec.values import Limit


@rule("exposure")
class Exposure(Rule):
    """Keep all that is in the market, pending entries included, under a limit."""

    limit: Limit = Field(Limit("100%"), description="share of equity, or an amount, or both")

    @staticmethod
    def headroom(_order: Entry, account: AccountView, share: float, amount: float) -> float:
        """What is left of the limit.

        >>> from math import inf
        >>> Exposure.headroom(Entry(), AccountView(equity=1000.0, exposure=200.0), 0.5, inf)
        300.0
        """
        return ceiling(account.equity, share, amount) - account.exposure
