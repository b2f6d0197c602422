"""The account held against its limits at the close of a bar: days end, the switch trips and is released."""

from math import nan

from cryptoflow.domain.calendar import DAY, MINUTE, NEVER, day_of
from cryptoflow.domain.codes import Guard, Reason
from cryptoflow.domain.discipline.alarms import TOGETHER, correlated
from cryptoflow.domain.discipline.lines import guard_line
from cryptoflow.domain.discipline.nearing import day_floor, fall_floor, is_shut, shut, span_floor, streak_floor, warn
from cryptoflow.domain.discipline.records import Halt, Standing, Tier
from cryptoflow.domain.discipline.standing import acknowledge, climb, end_day, fall
from cryptoflow.domain.discipline.streaks import forget
from cryptoflow.domain.discipline.together import mean_correlation
from cryptoflow.domain.discipline.trips import Trip, day_limit, fall_limit, trip_of
from cryptoflow.domain.leaving import cancel_all_entries, leave_all
from cryptoflow.domain.marks import open_day
from cryptoflow.domain.records import State, Steps, Tables
from cryptoflow.domain.tilt.coupling import renew
from cryptoflow.domain.tilt.evidence import SCORE_LOOKED_AT, score
from cryptoflow.domain.tilt.watching import happen, look_at_pairs

NOISE = 1e-9
"""Share by which one looks early: at a limit itself something is due, and floats round."""

EVERY = 10 * MINUTE
"""How often one looks at how open positions move together. A look passes over half an hour for each of their pairs, as
much as hundreds of quiet rounds cost; ten minutes are a third of what it looks at, so little of it is ever missed.
"""


def settle(state: State, tables: Tables, steps: Steps, at: int) -> None:
    """End a round that closed `at`: the account is looked at where any of its limits may have been reached."""
    wallet, halt = state.wallet, state.halt
    if tables.account.discipline == 0:
        open_day(wallet, at)
        return
    if wallet.equity > halt.high:
        rise(halt, wallet.equity, tables.tiers[state.standing.tier])
    due = wallet.positions >= 2 and at % EVERY == 0 and correlation(state, at) >= TOGETHER
    if due or wallet.equity < halt.floor or at >= halt.look_at:
        look(state, tables, steps, at)


def correlation(run: State, at: int) -> float:
    """Return the mean correlation of all pairs of open positions, where it is enough to trip the switch; else NaN."""
    if len(run.closes) == 1 or run.halt.tripped == 1:
        return nan
    return mean_correlation(run.closes, run.live, run.wallet.live, at // MINUTE - 1, TOGETHER)


def rise(halt: Halt, equity: float, tier: Tier) -> None:
    """Note the account's new high; the fall from it counts from there."""
    halt.high = equity
    low = equity - tier.warn_at * fall_limit(tier, equity) + NOISE * equity
    if low > halt.floor and halt.tripped == 0:
        halt.floor = low


def look(run: State, tables: Tables, steps: Steps, at: int) -> None:
    """Let what is due happen in its order, then hold the account against its limits, and note when to look again.

    The bar that closes at midnight still belongs to the day that it ends.
    """
    wallet, halt, standing = run.wallet, run.halt, run.standing
    if halt.tripped == 1 and halt.until <= at:
        release(run, halt.until)
    if standing.demoted == 1 and standing.exits_until <= at:
        acknowledge(run, standing.exits_until)
    if run.tilt.look_at <= at:
        happen(run, at)
    if halt.tripped == 0:
        found = trip_of(wallet.equity, wallet.day_open, halt.high, run.streak, tables.tiers[standing.tier])
        if found.cause < 0 and wallet.positions >= 2 and at % EVERY == 0:
            found = correlated(correlation(run, at), wallet.positions)
        if found.cause >= 0:
            trip(run, tables, found, at)
        else:
            warn(run, tables.tiers[standing.tier], at)
    shut(run, tables.tiers[standing.tier], at)
    fall(run, tables, steps, at)
    if wallet.day >= 0:
        for day in range(wallet.day + 1, day_of(at) + 1):
            end_day(run, day * DAY)
            climb(run, tables, steps, day * DAY)
        if wallet.day < day_of(at) and wallet.positions >= 2:
            renew(run, at)
            look_at_pairs(run, tables, at)
    open_day(wallet, at)
    if wallet.pending > 0 and is_shut(halt, wallet, run.streak, tables.tiers[standing.tier], at):
        cancel_all_entries(run, at, Reason.LIMIT_REACHED, tables)
    look_again(run, tables, at)


def trip(run: State, tables: Tables, found: Trip, at: int) -> None:
    """Throw the switch: entries are taken back, positions are left, and nothing is entered until the release."""
    halt = run.halt
    halt.tripped = 1
    halt.cause = found.cause
    halt.at = at
    run.standing.breach_at = at
    halt.until = at + tables.account.after_kill if tables.account.after_kill >= 0 else NEVER
    halt.trips += 1
    line = guard_line(run, Guard.TRIPPED, at)
    line.rule = found.cause
    line.value = found.value
    line.limit = found.limit
    leave_all(run, at, Reason.KILLED, tables)


def release(run: State, at: int) -> None:
    """Let trading go on: falls and losses count from here."""
    halt, streak = run.halt, run.streak
    halt.tripped = 0
    halt.released_at = at
    halt.until = NEVER
    halt.high = run.wallet.equity
    forget(streak)
    guard_line(run, Guard.RELEASED, at).rule = halt.cause


def look_again(run: State, tables: Tables, at: int) -> None:
    """Note the equity and the moment before which no limit can be reached and nothing is due."""
    wallet, halt, standing = run.wallet, run.halt, run.standing
    tier = tables.tiers[standing.tier]
    halt.look_at = (day_of(at) + 1) * DAY
    halt.floor = max(span_floor(halt, wallet, tier), standing.day_base * (1.0 - tier.day_demotion))
    if halt.tripped == 1:
        if halt.day_shut != wallet.day:
            halt.floor = max(halt.floor, wallet.day_open - day_limit(tier, wallet.day_open))
        halt.look_at = min(halt.look_at, halt.until)
    else:
        day, deepest = day_floor(halt, wallet, tier), fall_floor(halt, tier)
        halt.floor = max(halt.floor, day, deepest, streak_floor(run.streak, tier))
    if standing.tier > tables.account.lowest_tier:
        halt.floor = max(halt.floor, tier.low)
    halt.floor += NOISE * halt.high
    if standing.demoted == 1:
        halt.look_at = min(halt.look_at, standing.exits_until)
    halt.look_at = min(halt.look_at, run.tilt.look_at)
    if score(run.tilt, run.signs, at) >= SCORE_LOOKED_AT:
        halt.look_at = at  # what was ordered may be filled, and then there is a position to be demoted for
    if standing.under_since >= 0:
        halt.look_at = at  # its end is as much a moment to note as its beginning


def barred(halt: Halt, standing: Standing) -> int:
    """Return the reason why nothing may be entered, -1 where there is none.

    >>> barred(Halt(), Standing()), barred(Halt(tripped=1), Standing()) == Reason.KILLED
    (-1, True)
    >>> barred(Halt(), Standing(demoted=1)) == Reason.EXITS_ONLY
    True
    """
    if halt.tripped == 1:
        return Reason.KILLED.value
    return Reason.EXITS_ONLY.value if standing.demoted == 1 else -1
