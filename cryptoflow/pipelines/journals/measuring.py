"""How much was at stake in a backtest, hour by hour: what was in the market, how far below its high, the risk score."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptoflow.domain.calendar import DAY, HOUR
from cryptoflow.domain.codes import BUY, Guard, Topic
from cryptoflow.domain.discipline.nearing import near
from cryptoflow.domain.discipline.score import MOST_ALERTS, score, used
from cryptoflow.domain.discipline.trips import day_limit, fall_limit
from cryptoflow.domain.events.accounts import RiskMeasured
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import Line
from cryptoflow.pipelines.journals.telling import exact

if TYPE_CHECKING:
    from cryptoflow.domain.discipline.records import Tier
    from cryptoflow.engine.plan import Outcome, Plan

NOISE = 1e-9
"""The share of equity that floats may have lost: less than that is nothing in the market."""


@dataclass
class Account:
    """What the score looks at, followed line by line."""

    cash: float
    high: float
    day_open: float
    tier: int
    base_fees: bool
    losses: int = 0
    cost: float = 0.0
    released_at: int = 0

    def follow(self, line: Line) -> None:
        """Move by a line of the tape."""
        match Topic(line.topic):
            case Topic.FILL:
                bought = line.side == BUY
                fee = 0.0 if bought and self.base_fees else line.fee
                self.cash -= (line.notional if bought else -line.notional) + fee
            case Topic.TRADE:
                lost = line.profit < 0
                self.losses, self.cost = (self.losses + 1, self.cost - line.profit) if lost else (0, 0.0)
            case Topic.GUARD:
                self.obey(Guard(line.reason), line)

    def obey(self, what: Guard, line: Line) -> None:
        """Move by an act of discipline."""
        if what in (Guard.PROMOTED, Guard.DEMOTED):
            self.tier = line.number
        if what is Guard.RELEASED:
            self.losses, self.cost, self.high, self.released_at = 0, 0.0, line.price, line.at

    def measured(self, equity: float, tier: "Tier") -> RiskMeasured:
        """Return how much is at stake."""
        fallen, lost = self.high - equity, self.day_open - equity
        streak = self.cost if self.losses >= tier.streak else 0.0
        limits = (
            (fallen, fall_limit(tier, self.high)),
            (lost, day_limit(tier, self.day_open)),
            (streak, tier.streak_cost * equity),
        )
        alerts = sum(near(amount, limit, tier.warn_at) for amount, limit in limits)
        fall, day, row = (used(amount, limit) for amount, limit in limits)
        exposure = equity - self.cash
        return RiskMeasured(
            equity=exact(equity),
            exposure=exact(exposure if exposure > NOISE * equity else 0.0),
            drawdown=max(0.0, ratio(fallen, self.high)),
            score=score(fall, day, row, used(alerts, MOST_ALERTS)),
        )


def measures(outcome: "Outcome", plan: "Plan") -> Iterator[Draft]:
    """Yield how much was at stake at the last close of each hour, or of each longer bar, where that has changed."""
    import numpy as np

    closes = outcome.times + plan.account.timeframe
    hours = (closes - 1) // HOUR
    ends = np.flatnonzero(np.append(hours[1:] != hours[:-1], True)) if len(closes) else closes
    tape = outcome.tape[np.isin(outcome.tape["topic"], (Topic.FILL, Topic.TRADE, Topic.GUARD))]
    # What is filled as a bar opens has the time at which the bar before closed, and is none of that bar's.
    since_open = np.maximum.accumulate(tape["at"] + (tape["topic"] != Topic.GUARD))
    told = np.searchsorted(since_open, closes[ends], side="right")
    days = closes // DAY
    opens = np.flatnonzero(np.append(True, days[1:] != days[:-1])) if len(closes) else closes
    today = np.searchsorted(opens, ends) - 1
    account = Account(plan.capital, plan.capital, plan.capital, plan.tier, plan.account.base_fees == 1)
    begun, line, last = 0, 0, None
    for end, until, day in zip(ends.tolist(), told.tolist(), today.tolist(), strict=True):
        for each in tape[line:until].tolist():
            account.follow(Line(*each))
        since = max(begun, int(np.searchsorted(closes, account.released_at)))
        account.high = max(account.high, float(outcome.equity[since : end + 1].max(initial=0.0)))
        account.day_open = float(outcome.equity[opens[day]]) if day >= 0 else plan.capital
        found = account.measured(float(outcome.equity[end]), plan.tiers[account.tier])
        if found != last:
            yield Draft(found, int(closes[end]), "backtest")
        begun, line, last = end + 1, until, found
