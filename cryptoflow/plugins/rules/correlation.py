"""How much may be held of symbols that move alike."""

from math import inf
from typing import Self

from pydantic import Field, model_validator

from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.domain.review import Reading
from cryptoflow.domain.steps import BadSetting
from cryptoflow.plugins.kinds import Measure, Rule
from cryptoflow.plugins.limits import ceiling
from cryptoflow.plugins.registry import rule
from cryptoflow.spec.values import Limit, Share


@rule("correlation")
class Correlation(Rule):
    """Let symbols that move alike share one position limit, or refuse the second of them.

    Alike is what correlates by so much over the last completed days, in UTC, of which enough have to be known: until
    then there is no objection. What is held or ordered counts. The limit is that of the rule `position` where that is
    stricter.
    """

    measures = (
        Measure("together", "with what moves alike it would be {value:,.2f}, limit {limit:,.2f}"),
        Measure("alike", "it correlates by {value:.2f} with what is held, limit {limit:.2f}"),
    )
    smaller = ("limit", "at", "warn", "least")
    larger = ("days", "refuse")

    limit: Limit = Field(Limit("100%"), description="share of equity that such symbols share, or an amount, or both")
    at: Share = Field(Share("70%"), gt=0, description="correlation from which on two symbols are alike")
    warn: Share = Field(Share("60%"), gt=0, description="correlation from which on a report warns")
    days: int = Field(30, ge=10, le=60, description="completed days that are compared")
    least: int = Field(20, ge=5, le=60, description="days that have to be known of both")
    refuse: bool = Field(False, description="refuse what is alike instead of letting it share the limit")

    @model_validator(mode="after")
    def _enough(self) -> Self:
        """Refuse to ask for more days than are compared, which nothing could ever show."""
        if self.least > self.days:
            name = "least" if "least" in self.model_fields_set else "days"
            what = f"of {self.days} days that are compared, {self.least} can never be known"
            raise BadSetting(name, what, "`least` is at most `days`")
        return self

    @staticmethod
    def headroom(
        _order: Entry,
        account: AccountView,
        share: float,
        amount: float,
        at: float,
        _warn: float,
        _days: float,
        _least: float,
        refuse: float,
    ) -> float:
        """What is left of the limit when the position and all that moves like it are taken off.

        >>> account = AccountView(equity=1000.0, correlation=0.7, symbol_exposure=20.0, correlated_exposure=50.0)
        >>> [Correlation.headroom(Entry(), account, 0.1, inf, at, 0.6, 30, 20, 0.0) for at in (0.69, 0.7, 0.71)]
        [30.0, 30.0, inf]
        >>> Correlation.headroom(Entry(), account, 0.1, inf, 0.7, 0.6, 30, 20, 1.0)
        0.0
        """
        if not account.correlation >= at:
            return inf
        if refuse == 1.0:
            return 0.0
        return ceiling(account.equity, share, amount) - account.symbol_exposure - account.correlated_exposure

    @staticmethod
    def reading(
        order: Entry,
        account: AccountView,
        share: float,
        amount: float,
        at: float,
        _warn: float,
        _days: float,
        _least: float,
        refuse: float,
    ) -> Reading:
        """How large all that moves alike would be, or how much alike it is where that is refused.

        >>> account = AccountView(equity=1000.0, correlation=0.8, symbol_exposure=20.0, correlated_exposure=50.0)
        >>> Correlation.reading(Entry(notional=100.0), account, 0.1, inf, 0.7, 0.6, 30, 20, 0.0)
        Reading(value=170.0, limit=100.0, measure=0)
        >>> Correlation.reading(Entry(notional=100.0), account, 0.1, inf, 0.7, 0.6, 30, 20, 1.0)
        Reading(value=0.8, limit=0.7, measure=1)
        """
        if refuse == 1.0:
            return Reading(account.correlation, at, 1)
        together = account.symbol_exposure + account.correlated_exposure + order.notional
        return Reading(together, ceiling(account.equity, share, amount), 0)
