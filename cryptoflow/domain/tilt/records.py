"""The state of an account's tilt as a record and two flat rows of numbers, alike in both drivers."""

from dataclasses import dataclass

from cryptoflow.domain.calendar import DAY, LONG_AGO, MINUTE, NEVER


@dataclass(slots=True)
class Tilt:
    """How far an account is from its usual ways, since when, until when, and how much size an entry keeps.

    `state` and `stage` are numbers of `levels`. No sign is live after `live_until`. `reflect_at` is when the simulated
    operator gives the reflection. Before `look_at` nothing is due. `wins` and the calm days since `stage_at` earn the
    next stage. `debt` is what of losses made at a level is yet to be earned back.
    """

    state: int = 0
    since: int = LONG_AGO
    until: int = NEVER
    reflect_at: int = NEVER
    look_at: int = NEVER
    live_until: int = LONG_AGO
    score: float = 0.0
    stage: int = 0
    stage_at: int = LONG_AGO
    wins: int = 0
    debt: float = 0.0
    raised: int = 0
    locks: int = 0


@dataclass(slots=True)
class TiltLimits:
    """From how many live indicators on each level is due, and what it does; whoever sets them may only be stricter.

    A level lasts `…_for` the first time, `repeated` times as long with each repeat in a week, the `longest` at most. A
    restricted account `keeps` a share of its size. Near to what the next tier begins with all counts `near` times from
    90 % of it on, `nearer` from 95 %, `nearest` from 98 %.
    """

    caution: float = 2.0
    restricted: float = 4.0
    locked: float = 6.0
    caution_for: int = 5 * MINUTE
    restricted_for: int = 30 * MINUTE
    locked_for: int = DAY
    repeated: float = 1.5
    longest: int = 7 * DAY
    keeps: float = 0.5
    near: float = 1.5
    nearer: float = 2.0
    nearest: float = 3.0


DEFAULTS = TiltLimits()
"""What holds where nobody has set anything else."""

SIGNS = 12
"""Indicators, of each of which `signs` keeps until when it is live and how severe it is."""

RAISED = 64
"""Levels that are remembered, two numbers each: when, and which."""

RAISED_AT = 2 * SIGNS
SIGNS_SIZE = RAISED_AT + 2 * RAISED

TIMES, LAST, LOSSES = 128, 32, 16
"""Moments of entries, how large the last of them were by what is usual, two numbers each (what was put in, what would
have been lost of it at the stop), and moments of losses that are kept.
"""

SAMPLES = 1024
"""Samples of a habit that are kept."""

RATE, SIZE, PAUSE = 0, 1, 2
"""The habits: how many entries come together, how large one is by what is usual, how long one waits after a loss."""

HABITS = 3

RANGE_WIDTH = 5
"""A habit's range is five numbers: 1 where it is known, its low and high end, its spread, its middle."""

ENTRIES_SEEN, LOSSES_SEEN, REFRESH_AT, GROWN_SEEN = 0, 1, 2, 3
SAMPLES_SEEN = 4
RANGES_AT = SAMPLES_SEEN + HABITS
TIMES_AT = RANGES_AT + HABITS * RANGE_WIDTH
LAST_AT = TIMES_AT + TIMES
LOSSES_AT = LAST_AT + 2 * LAST
SAMPLES_AT = LOSSES_AT + LOSSES
SCRATCH_AT = SAMPLES_AT + HABITS * 2 * SAMPLES
HABITS_SIZE = SCRATCH_AT + SAMPLES
"""Where in `habits` each of these begins, and how long it is."""
