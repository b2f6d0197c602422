"""What losing trades in a row do."""

from math import inf

from pydantic import Field

from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.domain.review import Reading
from cryptoflow.plugins.kinds import Measure, Rule
from cryptoflow.plugins.registry import rule
from cryptoflow.spec.values import Duration, Share


@rule("streak")
class Streak(Rule):
    """Enter nothing for a while after some losing trades in a row, and nothing until the next day after a few more.

    A trade that does not lose ends the streak. One that has cost its share of equity trips the kill switch.
    """

    measures = (
        Measure("pause", "{value:.0f} losses in a row, entries pause from {limit:.0f} on"),
        Measure("day", "{value:.0f} losses in a row, entries end for the day from {limit:.0f} on"),
    )
    smaller = ("losses", "stop", "cost")
    larger = ("pause",)

    losses: int = Field(3, ge=1, le=100, description="losses in a row that begin a pause")
    pause: Duration = Field(Duration("30m"), gt=0, description="how long it is, after each loss from there on")
    stop: int = Field(5, ge=1, le=100, description="losses in a row that end the day's entries")
    cost: Share = Field(
        Share("3%"), gt=0, description="share of equity that such a streak costs when it trips the kill switch"
    )

    @staticmethod
    def headroom(order: Entry, account: AccountView, losses: float, pause: float, stop: float, _cost: float) -> float:
        """No objection below both numbers, nor after the pause or the day; no room within them.

        >>> hour = 3_600_000
        >>> lost = AccountView(losses=3, last_loss_at=10 * hour)
        >>> [Streak.headroom(Entry(at=at), lost, 3, hour, 5, 0.03) for at in (10 * hour, 11 * hour)]
        [0.0, inf]
        >>> lost = [AccountView(losses=5, last_loss_at=10 * hour, lost_today=today) for today in (1, 0)]
        >>> [Streak.headroom(Entry(at=20 * hour), account, 3, hour, 5, 0.03) for account in lost]
        [0.0, inf]
        """
        if account.losses >= stop and account.lost_today == 1:
            return 0.0
        return 0.0 if account.losses >= losses and order.at < account.last_loss_at + pause else inf

    @staticmethod
    def reading(
        _order: Entry, account: AccountView, losses: float, _pause: float, stop: float, _cost: float
    ) -> Reading:
        """How many losses there were in a row, against those that end the day or else pause.

        >>> Streak.reading(Entry(), AccountView(losses=5, lost_today=1), 3, 60, 5, 0.03)
        Reading(value=5.0, limit=5.0, measure=1)
        """
        ends = account.losses >= stop and account.lost_today == 1
        return Reading(float(account.losses), float(stop if ends else losses), 1 if ends else 0)
