"""Where an account stands in the tier table: what it shows there, and the moves up and down."""

from math import inf, nan

from cryptoflow.domain.calendar import DAY, LONG_AGO, NEVER, day_of, month_of
from cryptoflow.domain.codes import Guard, Reason
from cryptoflow.domain.discipline.lines import guard_line
from cryptoflow.domain.discipline.paces import paced
from cryptoflow.domain.discipline.records import DAYS, Evidence, Standing
from cryptoflow.domain.discipline.tiers import DOWN, NOTED, UP
from cryptoflow.domain.leaving import cancel_all_entries
from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import State, Steps, Tables
from cryptoflow.domain.tilt.baseline import forget
from cryptoflow.domain.tilt.evidence import show_tilt


def begin(standing: Standing, equity: float, at: int) -> None:
    """Begin a tier's record anew."""
    standing.since = at
    standing.under_since = -1
    standing.day_base = equity
    standing.month_high = equity
    standing.month_drawdown = 0.0
    standing.trades = 0
    standing.wins = 0
    standing.gained = 0.0
    standing.lost = 0.0
    standing.impact = 0.0
    standing.kept = 0
    standing.stop_outs = 0


def enter(run: State, tables: Tables, at: int) -> None:
    """Begin the record of a run's first tier with the first moment at which anything could be decided.

    The days in which indicators warmed up are none of the account's.
    """
    standing, first = run.standing, NEVER
    for symbol in range(len(run.positions)):
        if tables.symbols[symbol].first_decision < first:
            first = tables.symbols[symbol].first_decision
    if first <= at:
        standing.since = first
        standing.kept = 0
        standing.month = month_of(day_of(first))
        standing.month_high = standing.day_base
        standing.month_drawdown = 0.0


def mark_month(standing: Standing, equity: float, day: int) -> None:
    """Measure the fall from the highest close of a day within the month; the deepest of all months counts.

    >>> standing = Standing()
    >>> for day, equity in enumerate((100.0, 90.0, 95.0)):
    ...     mark_month(standing, equity, day)
    >>> standing.month_drawdown
    0.1
    """
    month = month_of(day)
    if month != standing.month:
        standing.month = month
        standing.month_high = equity
    if equity > standing.month_high:
        standing.month_high = equity
    fall = ratio(standing.month_high - equity, standing.month_high)
    if fall > standing.month_drawdown:
        standing.month_drawdown = fall


def end_day(run: State, at: int) -> None:
    """Note the return of the day that ends `at`; one that is over as the tier begins is none of its days."""
    standing, equity = run.standing, run.wallet.equity
    for place in range(DAYS - 1, 0, -1):
        run.days[place] = run.days[place - 1]
    run.days[0] = ratio(equity - standing.day_base, standing.day_base)
    if standing.kept < DAYS and at > standing.since:
        standing.kept += 1
    standing.day_base = equity
    mark_month(standing, equity, day_of(at) - 1)


def show(run: State, low: float, at: int) -> None:
    """Write down what gates read."""
    found, standing, equity = run.evidence, run.standing, run.wallet.equity
    found.at = at
    found.equity = equity
    found.low = low
    found.days = 0.0 if standing.since == LONG_AGO else (at - standing.since) / DAY
    found.day = ratio(equity - standing.day_base, standing.day_base)
    found.under = 0 if standing.under_since < 0 else at - standing.under_since
    found.trades = standing.trades
    found.wins = standing.wins
    found.gained = standing.gained
    found.lost = standing.lost
    found.days_since_breach = inf if standing.breach_at == LONG_AGO else (at - standing.breach_at) / DAY
    found.month_drawdown = standing.month_drawdown
    found.impact = standing.impact
    found.kept = standing.kept
    found.stop_outs = standing.stop_outs
    found.positions = run.wallet.positions
    show_profits(run, found)
    show_tilt(run.tilt, run.signs, found, at)


def show_profits(run: State, found: Evidence) -> None:
    """Write down how many symbols and strategies are in profit, and the largest strategy's share of it."""
    symbols = len(run.positions)
    found.symbols_in_profit = 0
    for symbol in range(symbols):
        earned = 0.0
        for row in range(symbol, len(run.pairs), symbols):
            earned += run.pairs[row].earned
        if earned > 0.0:
            found.symbols_in_profit += 1
    found.strategies_in_profit = 0
    largest = 0.0
    total = 0.0
    for first in range(0, len(run.pairs), symbols):
        earned = 0.0
        for row in range(first, first + symbols):
            earned += run.pairs[row].earned
        total += earned
        if earned > 0.0:
            found.strategies_in_profit += 1
        if earned > largest:
            largest = earned
    found.largest_share = ratio(largest, total) if total > 0.0 else nan


def climb(run: State, tables: Tables, steps: Steps, at: int) -> None:
    """Go one tier up at the end of a day where every gate is met, and nothing speaks against it."""
    standing, halt = run.standing, run.halt
    upper = UP[2 * standing.tier + standing.demoted] // 2
    if upper == standing.tier or upper > tables.account.highest_tier:
        return
    if standing.since == LONG_AGO or at <= max(standing.since, standing.promotion_from - 1, standing.exits_until - 1):
        return
    new = paced(standing.promoted_at, at, tables.phases[standing.tier]) < 1.0
    if new or halt.tripped == 1 or halt.released_at > at:
        return
    show(run, tables.tiers[standing.tier].low, at)
    if not steps.promotes(run.evidence, run.days, run.stops, tables.gates[upper]):
        return
    standing.tier = upper
    standing.promoted_at = at
    standing.promotions += 1
    begin(standing, run.wallet.equity, at)
    forget_profits(run)
    guard_line(run, Guard.PROMOTED, at).number = upper


def fall(run: State, tables: Tables, steps: Steps, at: int) -> None:
    """Go one tier down where any gate asks for it: entries are taken back, and positions may only be left."""
    standing, equity = run.standing, run.wallet.equity
    if standing.since == LONG_AGO:
        enter(run, tables, at)
    low = tables.tiers[standing.tier].low
    is_lowest = standing.tier <= tables.account.lowest_tier
    if equity < low and not is_lowest:
        if standing.under_since < 0:
            standing.under_since = at
    else:
        standing.under_since = -1
    if standing.demoted == 1:
        return
    show(run, low, at)
    gate, found = steps.demotes(run.evidence, run.days, run.stops, tables.gates[standing.tier])
    if gate < 0:
        return
    lower = DOWN[2 * standing.tier]
    standing.demotions += 1
    standing.demoted = lower % 2
    standing.exits_until = at + tables.account.after_kill if tables.account.after_kill >= 0 else NEVER
    standing.promotion_from = at + tables.tiers[standing.tier].wait
    standing.promoted_at = LONG_AGO
    if not is_lowest:
        standing.tier = lower // 2
    begin(standing, equity, at)
    forget_profits(run)
    forget(run.habits)
    line = guard_line(run, Guard.DEMOTED, at)
    line.number = standing.tier
    line.rule = gate
    line.value = found.value
    line.limit = found.needed
    cancel_all_entries(run, at, Reason.EXITS_ONLY, tables)


def acknowledge(run: State, at: int) -> None:
    """Let entries be made again, as the tier allows them."""
    run.standing.exits_until = at
    run.standing.demoted = NOTED[2 * run.standing.tier + run.standing.demoted] % 2
    guard_line(run, Guard.ACKNOWLEDGED, at).number = run.standing.tier


def forget_profits(run: State) -> None:
    """Begin to count anew what each strategy earns with each symbol."""
    for row in range(len(run.pairs)):
        run.pairs[row].earned = 0.0
