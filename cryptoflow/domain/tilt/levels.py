"""How far an account is from its usual ways, what each thing that can happen makes of that, and the way back."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum


class TiltState(StrEnum):
    """Calm, one of three levels, or one of the two ways to leave the highest, which takes time and a reflection."""

    CALM = "calm"
    CAUTION = "caution"
    RESTRICTED = "restricted"
    LOCKED = "locked"
    REFLECTED = "reflected"
    WAITING = "waiting"


class TiltChange(StrEnum):
    """What can happen: so much is out of the usual that a level is due, its time is over, a reflection was given."""

    CAUTIONED = "caution_due"
    RESTRICTED = "restriction_due"
    LOCKED = "lock_due"
    ENDED = "time_over"
    REFLECTED = "reflection_given"


_S, _C = TiltState, TiltChange

CHANGES: Mapping[tuple[TiltState, TiltChange], TiltState] = {
    (_S.CALM, _C.CAUTIONED): _S.CAUTION,
    (_S.CALM, _C.RESTRICTED): _S.RESTRICTED,
    (_S.CALM, _C.LOCKED): _S.LOCKED,
    (_S.CALM, _C.ENDED): _S.CALM,
    (_S.CALM, _C.REFLECTED): _S.CALM,
    (_S.CAUTION, _C.CAUTIONED): _S.CAUTION,
    (_S.CAUTION, _C.RESTRICTED): _S.RESTRICTED,
    (_S.CAUTION, _C.LOCKED): _S.LOCKED,
    (_S.CAUTION, _C.ENDED): _S.CALM,
    (_S.CAUTION, _C.REFLECTED): _S.CAUTION,
    (_S.RESTRICTED, _C.CAUTIONED): _S.RESTRICTED,
    (_S.RESTRICTED, _C.RESTRICTED): _S.RESTRICTED,
    (_S.RESTRICTED, _C.LOCKED): _S.LOCKED,
    (_S.RESTRICTED, _C.ENDED): _S.CALM,
    (_S.RESTRICTED, _C.REFLECTED): _S.RESTRICTED,
    (_S.LOCKED, _C.CAUTIONED): _S.LOCKED,
    (_S.LOCKED, _C.RESTRICTED): _S.LOCKED,
    (_S.LOCKED, _C.LOCKED): _S.LOCKED,
    (_S.LOCKED, _C.ENDED): _S.WAITING,
    (_S.LOCKED, _C.REFLECTED): _S.REFLECTED,
    (_S.REFLECTED, _C.CAUTIONED): _S.REFLECTED,
    (_S.REFLECTED, _C.RESTRICTED): _S.REFLECTED,
    (_S.REFLECTED, _C.LOCKED): _S.LOCKED,
    (_S.REFLECTED, _C.ENDED): _S.CALM,
    (_S.REFLECTED, _C.REFLECTED): _S.REFLECTED,
    (_S.WAITING, _C.CAUTIONED): _S.WAITING,
    (_S.WAITING, _C.RESTRICTED): _S.WAITING,
    (_S.WAITING, _C.LOCKED): _S.LOCKED,
    (_S.WAITING, _C.ENDED): _S.WAITING,
    (_S.WAITING, _C.REFLECTED): _S.CALM,
}
"""From each state and change to the state after it; where they are the same it stays."""


class Stage(StrEnum):
    """How much of its size an entry keeps after a lock."""

    FULL = "full"
    QUARTER = "quarter"
    HALF = "half"
    THREE_QUARTERS = "three_quarters"


class Step(StrEnum):
    """What moves the size after a lock: the lock itself, trades that won or calm days, and other levels of tilt."""

    UNLOCKED = "lock_left"
    EARNED = "step_earned"
    DISTURBED = "level_due"


_G, _P = Stage, Step

STEPS: Mapping[tuple[Stage, Step], Stage] = {
    (_G.FULL, _P.UNLOCKED): _G.QUARTER,
    (_G.FULL, _P.EARNED): _G.FULL,
    (_G.FULL, _P.DISTURBED): _G.FULL,
    (_G.QUARTER, _P.UNLOCKED): _G.QUARTER,
    (_G.QUARTER, _P.EARNED): _G.HALF,
    (_G.QUARTER, _P.DISTURBED): _G.QUARTER,
    (_G.HALF, _P.UNLOCKED): _G.QUARTER,
    (_G.HALF, _P.EARNED): _G.THREE_QUARTERS,
    (_G.HALF, _P.DISTURBED): _G.HALF,
    (_G.THREE_QUARTERS, _P.UNLOCKED): _G.QUARTER,
    (_G.THREE_QUARTERS, _P.EARNED): _G.FULL,
    (_G.THREE_QUARTERS, _P.DISTURBED): _G.THREE_QUARTERS,
}
"""From each stage and step to the stage after it. A level on the way changes no size: it begins the way to the next
stage anew.
"""

STATES, STAGES = tuple(TiltState), tuple(Stage)
"""States and stages by the numbers that records keep."""

AFTER = tuple(STATES.index(CHANGES[state, change]) for state in STATES for change in TiltChange)
STAGE_AFTER = tuple(STAGES.index(STEPS[stage, step]) for stage in STAGES for step in Step)
"""The tables as flat rows of numbers, which is what compiled code reads: state × change, stage × step."""

KINDS_OF_CHANGE, KINDS_OF_STEP = len(TiltChange), len(Step)

CALM, CAUTION, RESTRICTED, LOCKED, REFLECTED, WAITING = range(len(STATES))
CAUTION_DUE, RESTRICTION_DUE, LOCK_DUE, TIME_OVER, REFLECTION_GIVEN = range(len(TiltChange))
FULL, QUARTER, HALF, THREE_QUARTERS = range(len(STAGES))
UNLOCKED, EARNED, DISTURBED = range(len(Step))


class Level(IntEnum):
    """The levels, as people count them."""

    CALM = 0
    CAUTION = 1
    RESTRICTED = 2
    LOCKED = 3


LEVEL_OF = (0, 1, 2, 3, 3, 3)
"""The level of each state."""

SHARES = (1.0, 0.25, 0.5, 0.75)
"""The share of its size that an entry keeps in each stage."""

WINS = (0, 3, 5, 7)
"""Winning trades that a stage takes to be left; or as many calm days as `reentry.CALM_DAYS`."""


def changed(state: int, change: int) -> int:
    """Return the state after a change, both by their numbers.

    >>> changed(CALM, LOCK_DUE) == LOCKED, changed(LOCKED, TIME_OVER) == WAITING
    (True, True)
    """
    return AFTER[state * KINDS_OF_CHANGE + change]


def stepped(stage: int, step: int) -> int:
    """Return the stage after a step, both by their numbers.

    >>> stepped(FULL, UNLOCKED) == QUARTER, stepped(THREE_QUARTERS, EARNED) == FULL
    (True, True)
    """
    return STAGE_AFTER[stage * KINDS_OF_STEP + step]
