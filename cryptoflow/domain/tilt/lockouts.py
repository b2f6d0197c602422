"""How a level begins, how long it lasts, and how it ends."""

from typing import Any

from cryptoflow.domain.calendar import DAY, NEVER
from cryptoflow.domain.tilt.levels import (
    CALM,
    DISTURBED,
    EARNED,
    LEVEL_OF,
    LOCKED,
    REFLECTION_GIVEN,
    RESTRICTED,
    SHARES,
    TIME_OVER,
    UNLOCKED,
    WAITING,
    WINS,
    changed,
    stepped,
)
from cryptoflow.domain.tilt.records import DEFAULTS, Tilt, TiltLimits
from cryptoflow.domain.tilt.signs import clear, note_raised, raised_since

WEEK = 7 * DAY
CALM_DAYS = 5

DEBT = (0.0, 0.1, 0.25, 0.5)
"""The share of a loss made at each level that becomes debt."""


def length_of(level: int, repeats: int, limits: TiltLimits = DEFAULTS) -> int:
    """Return how long a level lasts after so many others in a week.

    >>> from cryptoflow.domain.calendar import MINUTE
    >>> length_of(1, 0) // MINUTE, length_of(2, 1) // MINUTE, length_of(3, 2) // MINUTE, length_of(3, 50) // MINUTE
    (5, 45, 3240, 10080)
    """
    length = 1.0 * limits.caution_for
    if level == 2:
        length = 1.0 * limits.restricted_for
    if level == 3:
        length = 1.0 * limits.locked_for
    for _ in range(repeats):
        if length < limits.longest:
            length *= limits.repeated
    return int(length) if length < limits.longest else limits.longest


def raise_to(tilt: Tilt, signs: Any, level: int, at: int, limits: TiltLimits = DEFAULTS) -> bool:
    """Begin a level that is due, where a lower one holds; say whether it does.

    Each time that the same week has seen it before makes it longer.
    """
    after = changed(tilt.state, level - 1)
    if after == tilt.state:
        return False
    repeats = raised_since(tilt, signs, level, at - WEEK)
    tilt.state = after
    tilt.since = at
    tilt.until = at + length_of(level, repeats, limits)
    tilt.stage = stepped(tilt.stage, DISTURBED)
    tilt.stage_at = at
    tilt.wins = 0
    if after == LOCKED:
        tilt.locks += 1
    note_raised(tilt, signs, level, at)
    look_again(tilt)
    return True


def end(tilt: Tilt, signs: Any, at: int) -> int:
    """Let the time of a level be over, which ends all but a lock; return the level that this ends, 0 for none."""
    return follow(tilt, signs, changed(tilt.state, TIME_OVER), at)


def reflect(tilt: Tilt, signs: Any, at: int) -> int:
    """Take a reflection, which ends a lock whose time is over; return the level that this ends, 0 for none.

    One that is told of late, after the time was over, ends it as of then.
    """
    tilt.reflect_at = NEVER
    return follow(tilt, signs, changed(tilt.state, REFLECTION_GIVEN), max(at, tilt.since))


def follow(tilt: Tilt, signs: Any, after: int, at: int) -> int:
    """Go on to a state; out of a lock the way back to full size begins."""
    before = LEVEL_OF[tilt.state]
    if after != tilt.state:
        tilt.since = at
    tilt.state = after
    if LEVEL_OF[after] > 0:
        if after == WAITING:
            tilt.until = NEVER
        look_again(tilt)
        return 0
    tilt.until = NEVER
    tilt.reflect_at = NEVER
    if before > 0:
        clear(tilt, signs, at)
        tilt.stage_at = at
        tilt.wins = 0
    if before == LEVEL_OF[LOCKED]:
        tilt.stage = stepped(tilt.stage, UNLOCKED)
    look_again(tilt)
    return before


def is_earned(tilt: Tilt, at: int) -> bool:
    """Say whether the next stage of the way back is earned: by trades that won, or by calm days."""
    if tilt.stage == 0 or tilt.state != CALM:
        return False
    return tilt.wins >= WINS[tilt.stage] or at - tilt.stage_at >= CALM_DAYS * DAY


def step_up(tilt: Tilt, at: int) -> None:
    """Go on to the next stage."""
    tilt.stage = stepped(tilt.stage, EARNED)
    tilt.stage_at = at
    tilt.wins = 0
    look_again(tilt)


def close(tilt: Tilt, profit: float, at: int) -> None:
    """Count a closed trade: a win earns, a loss at a level becomes debt in part, and profits repay it."""
    if profit > 0.0:
        tilt.wins += 1
        tilt.debt = tilt.debt - profit if tilt.debt > profit else 0.0
        if is_earned(tilt, at):
            tilt.look_at = at
    else:
        tilt.debt -= profit * DEBT[LEVEL_OF[tilt.state]]


def look_again(tilt: Tilt) -> None:
    """Note when something about it is due."""
    tilt.look_at = min(tilt.until, tilt.reflect_at)
    if tilt.stage > 0 and tilt.state == CALM:
        tilt.look_at = min(tilt.look_at, tilt.stage_at + CALM_DAYS * DAY)


def is_locked(tilt: Tilt) -> bool:
    """Say whether nothing may be entered."""
    return tilt.state >= LOCKED


def size_left(tilt: Tilt, limits: TiltLimits = DEFAULTS) -> float:
    """Return the share of its size that a level leaves an entry."""
    return limits.keeps if tilt.state == RESTRICTED else 1.0


def size_back(tilt: Tilt) -> float:
    """Return the share of its size that the way back from a lock leaves an entry."""
    return SHARES[tilt.stage]
