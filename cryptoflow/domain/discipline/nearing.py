"""What is told before a limit is reached: at a share of it, once for each day, each fall and each streak."""

from cryptoflow.domain.codes import Cause, Guard
from cryptoflow.domain.discipline.lines import guard_line
from cryptoflow.domain.discipline.records import Halt, Tier
from cryptoflow.domain.discipline.trips import day_limit, fall_limit, fatal_day
from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import State, Wallet


def near(used: float, limit: float, warn_at: float) -> bool:
    """Say whether a limit is near.

    >>> near(39.9, 50.0, 0.8), near(40.0, 50.0, 0.8)
    (False, True)
    """
    return used >= warn_at * limit


def warn(run: State, tier: Tier, at: int) -> None:
    """Tell which of the account's limits is near and was not told of before: the day's, the fall's, the streak's."""
    wallet, halt, streak = run.wallet, run.halt, run.streak
    equity, opened, high = wallet.equity, wallet.day_open, halt.high
    if halt.day_warned != wallet.day and near(opened - equity, day_limit(tier, opened), tier.warn_at):
        tell(run, Cause.DAY_LOSS.value, ratio(opened - equity, opened), ratio(day_limit(tier, opened), opened), at)
    if halt.fall_warned != high and near(high - equity, fall_limit(tier, high), tier.warn_at):
        tell(run, Cause.DRAWDOWN.value, ratio(high - equity, high), ratio(fall_limit(tier, high), high), at)
    costly = near(streak.cost, tier.streak_cost * equity, tier.warn_at)
    if streak.warned == 0 and streak.losses >= tier.streak and costly:
        tell(run, Cause.LOSING_STREAK.value, ratio(streak.cost, equity), tier.streak_cost, at)


def tell(run: State, cause: int, value: float, limit: float, at: int) -> None:
    """Write which limit is near, what was looked at and what is allowed of it."""
    note(run, cause)
    line = guard_line(run, Guard.WARNED, at)
    line.rule = cause
    line.value = value
    line.limit = limit


def note(run: State, cause: int) -> None:
    """Note what was warned of, so that it is not told again."""
    if cause == Cause.DAY_LOSS:
        run.halt.day_warned = run.wallet.day
    elif cause == Cause.DRAWDOWN:
        run.halt.fall_warned = run.halt.high
    elif cause == Cause.LOSING_STREAK:
        run.streak.warned = 1


def day_floor(halt: Halt, wallet: Wallet, tier: Tier) -> float:
    """Return the equity at which the day's loss is due for a look: a warning first, the kill switch after it.

    >>> tier, opened = Tier(day_share=0.05), Wallet(day=7, day_open=1000.0)
    >>> day_floor(Halt(), opened, tier), day_floor(Halt(day_warned=7), opened, tier)
    (960.0, 925.0)
    """
    if halt.day_warned == wallet.day:
        return wallet.day_open - fatal_day(tier, wallet.day_open)
    return wallet.day_open - tier.warn_at * day_limit(tier, wallet.day_open)


def fall_floor(halt: Halt, tier: Tier) -> float:
    """Return the equity at which the fall from the high is due for a look.

    >>> fall_floor(Halt(high=1000.0), Tier()), fall_floor(Halt(high=1000.0, fall_warned=1000.0), Tier())
    (880.0, 850.0)
    """
    limit = fall_limit(tier, halt.high)
    return halt.high - (limit if halt.fall_warned == halt.high else tier.warn_at * limit)
