"""How much may be lost in a day."""

from math import inf

from pydantic import Field

from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.plugins.kinds import Rule
from cryptoflow.plugins.limits import ceiling
from cryptoflow.plugins.registry import rule
from cryptoflow.spec.values import Limit


@rule("daily_loss")
class DailyLoss(Rule):
    """Enter nothing more once the day, from 00:00 UTC, has cost the limit, open positions at their mark included."""

    limit: Limit = Field(Limit("5%"), description="share of the day's opening equity, or an amount, or both")

    @staticmethod
    def headroom(_order: Entry, account: AccountView, share: float, amount: float) -> float:
        """No objection while the day's loss is below the limit, no room from there on.

        >>> DailyLoss.headroom(Entry(), AccountView(equity=960.0, day_open_equity=1000.0), 0.05, inf)
        inf
        >>> DailyLoss.headroom(Entry(), AccountView(equity=950.0, day_open_equity=1000.0), 0.05, inf)
        0.0
        """
        lost = account.day_open_equity - account.equity
        return inf if lost < ceiling(account.day_open_equity, share, amount) else 0.0
