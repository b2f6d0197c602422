"""How much may be lost in a day, a week and a month."""

from math import inf

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.domain.review import Reading
from cryptoflow.plugins.kinds import Measure, Rule
from cryptoflow.plugins.limits import ceiling
from cryptoflow.plugins.registry import rule
from cryptoflow.spec.values import Limit, Share


@rule("daily_loss")
class DailyLoss(Rule):
    """Enter nothing more once a day, a week or a month has cost its limit, and less from half of the day's limit on.

    Days begin at 00:00 UTC, weeks on Monday. What is lost counts on equity, open positions at their mark included,
    from the equity that the day, the week or the month opened with. Once reached, a limit holds to the end of its day,
    week or month, also where equity comes back.
    """

    measures = (
        Measure("day", "{value:.2%} lost today, limit {limit:.2%}"),
        Measure("week", "{value:.2%} lost this week, limit {limit:.2%}"),
        Measure("month", "{value:.2%} lost this month, limit {limit:.2%}"),
        Measure(
            "caution",
            "{value:.2%} lost today, entries are smaller from {limit:.2%} on",
            "{value:.2%} lost today, and what is held is as much as is left of an entry's size from {limit:.2%} on",
        ),
        Measure("day_spent", "the limit of {limit:.2%} was reached today"),
        Measure("week_spent", "the limit of {limit:.2%} was reached this week"),
        Measure("month_spent", "the limit of {limit:.2%} was reached this month"),
    )
    smaller = ("limit", "week", "month", "caution", "size", "kill", "most")

    limit: Limit = Field(Limit("5%"), description="share of the day's opening equity, or an amount, or both")
    week: float = Field(2.0, ge=1, le=7, description="how many times the day's limit a week may cost")
    month: float = Field(4.0, ge=1, le=31, description="how many times the day's limit a month may cost")
    caution: Share = Field(Share("50%"), gt=0, description="share of the day's limit that makes new entries smaller")
    size: Share = Field(Share("50%"), description="what is left of the size of an entry from there on")
    kill: float = Field(1.5, ge=1, le=10, description="how many times the day's limit trip the kill switch")
    most: Share = Field(Share("15%"), gt=0, description="share of the day's opening equity that trips it in any case")

    @staticmethod
    def headroom(
        _order: Entry,
        account: AccountView,
        share: float,
        amount: float,
        week: float,
        month: float,
        _caution: float,
        _size: float,
        _kill: float,
        _most: float,
    ) -> float:
        """No objection while all three losses are below their limits, and none was before; no room from there on.

        >>> opened = {"day_open_equity": 1000.0, "week_open_equity": 1060.0, "month_open_equity": 1000.0}
        >>> DailyLoss.headroom(Entry(), AccountView(equity=960.0, **opened), 0.05, inf, 2, 4, 0.5, 0.5, 1.5, 0.15)
        inf
        >>> DailyLoss.headroom(Entry(), AccountView(equity=950.0, **opened), 0.05, inf, 2, 4, 0.5, 0.5, 1.5, 0.15)
        0.0
        >>> DailyLoss.headroom(Entry(), AccountView(equity=954.0, **opened), 0.05, inf, 2, 4, 0.5, 0.5, 1.5, 0.15)
        0.0
        >>> DailyLoss.headroom(Entry(), AccountView(equity=1.0, spent=1), 0.05, inf, 2, 4, 0.5, 0.5, 1.5, 0.15)
        0.0
        """
        fine = (
            account.spent == 0
            and below(account.day_open_equity, account.equity, 1.0, share, amount)
            and below(account.week_open_equity, account.equity, week, share, amount)
            and below(account.month_open_equity, account.equity, month, share, amount)
        )
        return inf if fine else 0.0

    @staticmethod
    def size_factor(
        _order: Entry,
        account: AccountView,
        share: float,
        amount: float,
        _week: float,
        _month: float,
        caution: float,
        size: float,
        _kill: float,
        _most: float,
    ) -> float:
        """All of an entry's size at first, half of it once the day has cost half of its limit.

        >>> account = AccountView(equity=975.0, day_open_equity=1000.0)
        >>> DailyLoss.size_factor(Entry(), account, 0.05, inf, 2, 4, 0.5, 0.5, 1.5, 0.15)
        0.5
        """
        return 1.0 if below(account.day_open_equity, account.equity, caution, share, amount) else size

    @staticmethod
    def reading(
        _order: Entry,
        account: AccountView,
        share: float,
        amount: float,
        week: float,
        month: float,
        caution: float,
        _size: float,
        _kill: float,
        _most: float,
    ) -> Reading:
        """What was lost, and may be, as shares of the opening equity of the day, else of the week, else of the month.

        >>> account = AccountView(equity=940.0, day_open_equity=1000.0, week_open_equity=950.0)
        >>> DailyLoss.reading(Entry(), account, 0.05, inf, 2, 4, 0.5, 0.5, 1.5, 0.15)
        Reading(value=0.06, limit=0.05, measure=0)
        >>> account = AccountView(equity=999.0, day_open_equity=1000.0, spent=1)
        >>> DailyLoss.reading(Entry(), account, 0.05, inf, 2, 4, 0.5, 0.5, 1.5, 0.15)
        Reading(value=0.05, limit=0.05, measure=4)
        """
        day = account.day_open_equity
        if not below(day, account.equity, 1.0, share, amount):
            return against(day, account.equity, 1.0, share, amount, 0)
        if not below(account.week_open_equity, account.equity, week, share, amount):
            return against(account.week_open_equity, account.equity, week, share, amount, 1)
        if not below(account.month_open_equity, account.equity, month, share, amount):
            return against(account.month_open_equity, account.equity, month, share, amount, 2)
        if account.spent == 1:
            return reached(day, 1.0, share, amount, 4)
        if account.spent == 2:
            return reached(account.week_open_equity, week, share, amount, 5)
        if account.spent == 3:
            return reached(account.month_open_equity, month, share, amount, 6)
        return against(day, account.equity, caution, share, amount, 3)


def below(opened: float, equity: float, times: float, share: float, amount: float) -> bool:
    """Say whether less than so many day limits were lost since equity was `opened`.

    >>> below(1000.0, 901.0, 2.0, 0.05, inf), below(1000.0, 900.0, 2.0, 0.05, inf)
    (True, False)
    """
    return opened - equity < times * ceiling(opened, share, amount)


def against(opened: float, equity: float, times: float, share: float, amount: float, measure: int) -> Reading:
    """Read what was lost against so many day limits, as shares of what equity opened with."""
    return Reading(ratio(opened - equity, opened), ratio(times * ceiling(opened, share, amount), opened), measure)


def reached(opened: float, times: float, share: float, amount: float, measure: int) -> Reading:
    """Read a limit that was reached before: it was lost then, whatever has come back since."""
    limit = ratio(times * ceiling(opened, share, amount), opened)
    return Reading(limit, limit, measure)
