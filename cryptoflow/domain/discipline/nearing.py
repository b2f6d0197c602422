"""What is told before a limit is reached, at a share of it, and when it is: once for each day, fall and streak."""

from cryptoflow.domain.calendar import DAY, day_of, first_of_month, first_of_week, month_of, week_of
from cryptoflow.domain.codes import Cause, Guard, Span
from cryptoflow.domain.discipline.lines import guard_line
from cryptoflow.domain.discipline.records import Halt, Streak, Tier
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
    """Return the equity at which the day's loss is due for a look: a warning first, after it the limit, then the end.

    >>> tier, opened = Tier(day_share=0.05), Wallet(day=7, day_open=1000.0)
    >>> day_floor(Halt(), opened, tier), day_floor(Halt(day_warned=7), opened, tier)
    (960.0, 950.0)
    >>> day_floor(Halt(day_warned=7), opened, Tier(day_share=0.5))
    850.0
    >>> day_floor(Halt(day_warned=7, day_shut=7), opened, tier)
    925.0
    """
    limit, fatal = day_limit(tier, wallet.day_open), fatal_day(tier, wallet.day_open)
    if halt.day_warned != wallet.day:
        return wallet.day_open - tier.warn_at * limit
    return wallet.day_open - (limit if limit < fatal and halt.day_shut != wallet.day else fatal)


def span_floor(halt: Halt, wallet: Wallet, tier: Tier) -> float:
    """Return the equity at which the limit of the week or of the month is reached, whichever comes first.

    One that was reached already needs no further look.

    >>> span_floor(Halt(), Wallet(week_open=1000.0, month_open=1200.0), Tier(day_share=0.05))
    960.0
    >>> span_floor(Halt(), Wallet(week_open=1000.0, month_open=1100.0), Tier(day_share=0.05))
    900.0
    >>> span_floor(Halt(week_shut=3), Wallet(week=3, week_open=1000.0, month_open=1100.0), Tier(day_share=0.05))
    880.0
    """
    week = wallet.week_open - tier.week * day_limit(tier, wallet.week_open)
    month = wallet.month_open - tier.month * day_limit(tier, wallet.month_open)
    if halt.week_shut == wallet.week:
        week = 0.0
    if halt.month_shut == wallet.month:
        month = 0.0
    return week if week > month else month


def shut(run: State, tier: Tier, at: int) -> None:
    """Tell which of the day, the week and the month have come to cost their limit: they stay shut to their end.

    Of one that ends with this close, or ended before it, there is nothing to shut.
    """
    wallet, halt = run.wallet, run.halt
    day, week, month = wallet.day + 1, first_of_week(wallet.week + 1), first_of_month(wallet.month + 1)
    if halt.day_shut != wallet.day and has_cost(wallet.day_open, wallet.equity, 1.0, tier):
        reach(run, Span.DAY.value, wallet.day_open, 1.0, tier, day * DAY, at)
    if halt.week_shut != wallet.week and has_cost(wallet.week_open, wallet.equity, tier.week, tier):
        reach(run, Span.WEEK.value, wallet.week_open, tier.week, tier, week * DAY, at)
    if halt.month_shut != wallet.month and has_cost(wallet.month_open, wallet.equity, tier.month, tier):
        reach(run, Span.MONTH.value, wallet.month_open, tier.month, tier, month * DAY, at)


def reach(run: State, span: int, opened: float, times: float, tier: Tier, until: int, at: int) -> None:
    """Write that a limit of so many of the day's was reached, what was lost, and until when nothing is entered."""
    if until <= at:
        return
    hold(run.halt, span, until)
    line = guard_line(run, Guard.LIMIT_REACHED, at)
    line.rule = span
    line.value = ratio(opened - run.wallet.equity, opened)
    line.limit = ratio(times * day_limit(tier, opened), opened)
    line.opened_at = until


def hold(halt: Halt, span: int, until: int) -> None:
    """Note that the day, the week or the month that ends `until` has reached its limit.

    >>> halt = Halt(day_shut=9)
    >>> hold(halt, Span.DAY, 5 * DAY); hold(halt, Span.WEEK, 11 * DAY); hold(halt, Span.MONTH, 31 * DAY)
    >>> halt.day_shut, halt.week_shut, halt.month_shut == month_of(0)
    (9, 1, True)
    """
    last = until // DAY - 1
    if span == Span.DAY:
        halt.day_shut = max(halt.day_shut, last)
    elif span == Span.WEEK:
        halt.week_shut = max(halt.week_shut, week_of(last))
    elif span == Span.MONTH:
        halt.month_shut = max(halt.month_shut, month_of(last))


def spent(halt: Halt, wallet: Wallet) -> int:
    """Return which span that has reached its limit goes on: 1 the day, 2 the week, 3 the month, 0 none.

    >>> wallet = Wallet(day=4, week=1, month=0)
    >>> [spent(halt, wallet) for halt in (Halt(), Halt(day_shut=4, week_shut=1), Halt(day_shut=3, week_shut=1))]
    [0, 1, 2]
    """
    if halt.day_shut == wallet.day:
        return 1
    if halt.week_shut == wallet.week:
        return 2
    return 3 if halt.month_shut == wallet.month else 0


def streak_floor(streak: Streak, tier: Tier) -> float:
    """Return the equity of which a streak costs its share, or so much of that as is warned of; 0 for a short one.

    >>> tier = Tier(streak=3, streak_cost=0.03)
    >>> [streak_floor(Streak(losses, 24.0, warned=told), tier) for losses, told in ((2, 0), (3, 0), (3, 1))]
    [0.0, 1000.0, 800.0]
    """
    if streak.losses < tier.streak:
        return 0.0
    return ratio(streak.cost, tier.streak_cost * (tier.warn_at if streak.warned == 0 else 1.0))


def is_shut(halt: Halt, wallet: Wallet, streak: Streak, tier: Tier, at: int) -> bool:
    """Say whether nothing may be entered for now: the day, the week or the month has cost its limit, or losses pause.

    >>> halt, wallet, tier, day = Halt(day_shut=4), Wallet(day=5), Tier(), 86_400_000
    >>> is_shut(halt, wallet, Streak(), tier, 0), is_shut(halt, Wallet(day=4), Streak(), tier, 0)
    (False, True)
    >>> [is_shut(halt, wallet, Streak(losses=3, last_at=0), tier, at) for at in (1_799_999, 1_800_000)]
    [True, False]
    >>> [is_shut(halt, wallet, Streak(losses=5, last_at=0), tier, at) for at in (day - 1, day)]
    [True, False]
    """
    if spent(halt, wallet) > 0:
        return True
    if streak.losses >= tier.streak_stop and day_of(streak.last_at) == day_of(at):
        return True
    return streak.losses >= tier.streak and at < streak.last_at + tier.streak_pause


def has_cost(opened: float, equity: float, times: float, tier: Tier) -> bool:
    """Say whether so many limits of a day are lost of what a day, a week or a month opened with.

    >>> [has_cost(1000.0, equity, 2.0, Tier(day_share=0.05)) for equity in (900.1, 900.0)]
    [False, True]
    """
    return opened > 0.0 and opened - equity >= times * day_limit(tier, opened)


def fall_floor(halt: Halt, tier: Tier) -> float:
    """Return the equity at which the fall from the high is due for a look.

    >>> fall_floor(Halt(high=1000.0), Tier()), fall_floor(Halt(high=1000.0, fall_warned=1000.0), Tier())
    (880.0, 850.0)
    """
    limit = fall_limit(tier, halt.high)
    return halt.high - (limit if halt.fall_warned == halt.high else tier.warn_at * limit)
