"""Tilt in a run: an entry is looked at as it is made, what follows from it is done and told, what is due happens."""

from math import inf

from cryptoflow.domain.calendar import NEVER
from cryptoflow.domain.codes import Guard, Leg, Reason
from cryptoflow.domain.discipline.lines import guard_line
from cryptoflow.domain.leaving import cancel_all_entries
from cryptoflow.domain.records import State, Tables
from cryptoflow.domain.tilt.coupling import most_coupled
from cryptoflow.domain.tilt.evidence import SCORE_LOOKED_AT
from cryptoflow.domain.tilt.indicators import LIVE_DAY, decay_odd
from cryptoflow.domain.tilt.levels import LOCKED
from cryptoflow.domain.tilt.lockouts import end, is_earned, raise_to, reflect, size_back, step_up
from cryptoflow.domain.tilt.rhythm import enter
from cryptoflow.domain.tilt.signs import count, level_due, live, score_of, sensitivity, show
from cryptoflow.domain.tilt.table import T11


def look_at_entry(run: State, tables: Tables, strategy: int, symbol: int, leg: int, at: int) -> None:
    """Look at the entry that was just reviewed and ordered."""
    entry = run.entry
    pair = run.pairs[strategy * len(run.positions) + symbol]
    risk = entry.notional * (1.0 - entry.stop / entry.price)
    opens = 1 if leg == Leg.ENTRY else 0
    enter(run.tilt, run.signs, run.habits, pair, entry.notional, risk, opens, tables.account.timeframe, at)
    if run.alike[0] == 1.0:
        look_at_pairs(run, tables, at)
    if run.tilt.live_until >= at:
        evaluate(run, tables, at)


def look_at_pairs(run: State, tables: Tables, at: int) -> None:
    """Look at all positions that are held together, and tell which two have come together most.

    What was shown and is still live needs no further word.
    """
    if run.alike[0] != 1.0 or run.signs[2 * T11] > at:
        return
    place = most_coupled(run, at)
    if place < 0:
        return
    symbols = len(run.positions)
    one, other = place // symbols, place % symbols
    before, now = run.alike[place], run.alike[other * symbols + one]
    line = guard_line(run, Guard.COUPLED, at)
    line.symbol = one
    line.measure = other
    line.value = now
    line.limit = before
    look_at_pair(run, tables, before, now, at)


def look_at_pair(run: State, tables: Tables, before: float, now: float, at: int) -> None:
    """Look at the correlation of two positions that are open, as it was when they were opened and as it is (T11)."""
    if decay_odd(before, now):
        show(run.tilt, run.signs, T11, at, at + LIVE_DAY, 0.0)
        evaluate(run, tables, at)


def evaluate(run: State, tables: Tables, at: int) -> None:
    """Raise the level where what is live asks for it."""
    tilt, standing = run.tilt, run.standing
    found = live(run.signs, at)
    threshold = tables.tiers[standing.tier + 1].low if standing.tier < tables.account.highest_tier else inf
    weight = count(found) * sensitivity(run.wallet.equity, threshold, standing.promoted_at, at, tables.tilt)
    tilt.score = score_of(run.signs, at)
    if tilt.score >= SCORE_LOOKED_AT:
        run.halt.look_at = min(run.halt.look_at, at)
    level = level_due(weight, tables.tilt)
    if level == 0 or not raise_to(tilt, run.signs, level, at, tables.tilt):
        return
    if tilt.state == LOCKED:
        tilt.reflect_at = at + tables.account.after_kill if tables.account.after_kill >= 0 else NEVER
        tilt.look_at = min(tilt.look_at, tilt.reflect_at)
    run.halt.look_at = min(run.halt.look_at, tilt.look_at)
    line = guard_line(run, Guard.TILTED, at)
    line.rule = level
    line.value = tilt.score
    line.limit = weight
    line.measure = found
    line.opened_at = tilt.until
    if tilt.state == LOCKED:
        cancel_all_entries(run, at, Reason.LOCKED_OUT, tables)


def happen(run: State, at: int) -> None:
    """Let what is due happen, each at its moment: a level ends, a reflection is given, more of the size comes back."""
    tilt = run.tilt
    for _ in range(8):
        due = tilt.look_at
        if due > at:
            break
        if tilt.reflect_at <= due:
            ended = reflect(tilt, run.signs, due)
            guard_line(run, Guard.REFLECTED, due)
        elif tilt.until <= due:
            ended = end(tilt, run.signs, due)
        else:
            ended = 0
            if is_earned(tilt, due):
                step_up(tilt, due)
                guard_line(run, Guard.RESIZED, due).value = size_back(tilt)
        if ended > 0:
            guard_line(run, Guard.CALMED, due).rule = ended
            if ended == LOCKED:
                guard_line(run, Guard.RESIZED, due).value = size_back(tilt)
