"""What trips the kill switch: pure comparisons of the account with its limits."""

from typing import NamedTuple

from cryptoflow.domain.codes import Cause
from cryptoflow.domain.discipline.records import Streak, Tier
from cryptoflow.domain.numbers import ratio

NOTHING = -1


class Trip(NamedTuple):
    """What trips the switch, what was looked at and what is allowed of it; a cause of -1 where nothing does."""

    cause: int = NOTHING
    value: float = 0.0
    limit: float = 0.0


def day_limit(tier: Tier, day_open: float) -> float:
    """Return what may be lost in a day that opened with so much.

    >>> day_limit(Tier(day_share=0.05, day_amount=25.0), 1000.0)
    25.0
    """
    share = day_open * tier.day_share
    return share if share < tier.day_amount else tier.day_amount


def fall_limit(tier: Tier, high: float) -> float:
    """Return how far equity may fall from its highest.

    >>> fall_limit(Tier(fall_share=0.15), 1000.0)
    150.0
    """
    share = high * tier.fall_share
    return share if share < tier.fall_amount else tier.fall_amount


def fatal_day(tier: Tier, day_open: float) -> float:
    """Return the loss of a day that trips the switch: so many limits of the day, or a share of it all.

    >>> fatal_day(Tier(day_share=0.05, day_kill=1.5), 1000.0), fatal_day(Tier(day_share=0.5), 1000.0)
    (75.0, 150.0)
    """
    limits, most = tier.day_kill * day_limit(tier, day_open), tier.day_most * day_open
    return limits if limits < most else most


def trip_of(equity: float, day_open: float, high: float, streak: Streak, tier: Tier) -> Trip:
    """Return the first thing that trips the switch: the day's loss, the fall from the highest, a costly streak.

    >>> tier = Tier(day_share=0.02)
    >>> trip_of(970.0, 1000.0, 1000.0, Streak(), tier)
    Trip(cause=0, value=0.03, limit=0.03)
    >>> trip_of(971.0, 1000.0, 1000.0, Streak(), tier).cause, trip_of(850.0, 850.0, 1000.0, Streak(), tier).cause
    (-1, 1)
    >>> trip_of(970.0, 970.0, 1000.0, Streak(losses=3, cost=29.2), tier)
    Trip(cause=2, value=0.030103092783505155, limit=0.03)
    """
    fatal = fatal_day(tier, day_open)
    if day_open - equity >= fatal:
        return Trip(Cause.DAY_LOSS.value, ratio(day_open - equity, day_open), ratio(fatal, day_open))
    fall = fall_limit(tier, high)
    if high - equity >= fall:
        return Trip(Cause.DRAWDOWN.value, ratio(high - equity, high), ratio(fall, high))
    if streak.losses >= tier.streak and streak.cost >= tier.streak_cost * equity:
        return Trip(Cause.LOSING_STREAK.value, ratio(streak.cost, equity), tier.streak_cost)
    return Trip(NOTHING, 0.0, 0.0)
