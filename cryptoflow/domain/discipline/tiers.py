"""The tiers of an account as a machine: what each move makes of each state."""

from collections.abc import Mapping
from enum import StrEnum


class TierState(StrEnum):
    """A tier, and whether positions may only be left in it."""

    OBSERVER = "observer"
    OBSERVER_EXITS_ONLY = "observer_exits_only"
    SNIPER = "sniper"
    SNIPER_EXITS_ONLY = "sniper_exits_only"
    HUNTER = "hunter"
    HUNTER_EXITS_ONLY = "hunter_exits_only"
    STRATEGIST = "strategist"
    STRATEGIST_EXITS_ONLY = "strategist_exits_only"
    ARCHITECT = "architect"
    ARCHITECT_EXITS_ONLY = "architect_exits_only"


class TierMove(StrEnum):
    """What can happen to an account's tier: every gate was met, one sent it down, a person has taken note of that."""

    PROMOTED = "promoted"
    DEMOTED = "demoted"
    ACKNOWLEDGED = "acknowledged"


_S, _M = TierState, TierMove

MOVES: Mapping[tuple[TierState, TierMove], TierState] = {
    (_S.OBSERVER, _M.PROMOTED): _S.SNIPER,
    (_S.OBSERVER, _M.DEMOTED): _S.OBSERVER_EXITS_ONLY,
    (_S.OBSERVER, _M.ACKNOWLEDGED): _S.OBSERVER,
    (_S.OBSERVER_EXITS_ONLY, _M.PROMOTED): _S.OBSERVER_EXITS_ONLY,
    (_S.OBSERVER_EXITS_ONLY, _M.DEMOTED): _S.OBSERVER_EXITS_ONLY,
    (_S.OBSERVER_EXITS_ONLY, _M.ACKNOWLEDGED): _S.OBSERVER,
    (_S.SNIPER, _M.PROMOTED): _S.HUNTER,
    (_S.SNIPER, _M.DEMOTED): _S.OBSERVER_EXITS_ONLY,
    (_S.SNIPER, _M.ACKNOWLEDGED): _S.SNIPER,
    (_S.SNIPER_EXITS_ONLY, _M.PROMOTED): _S.SNIPER_EXITS_ONLY,
    (_S.SNIPER_EXITS_ONLY, _M.DEMOTED): _S.SNIPER_EXITS_ONLY,
    (_S.SNIPER_EXITS_ONLY, _M.ACKNOWLEDGED): _S.SNIPER,
    (_S.HUNTER, _M.PROMOTED): _S.STRATEGIST,
    (_S.HUNTER, _M.DEMOTED): _S.SNIPER_EXITS_ONLY,
    (_S.HUNTER, _M.ACKNOWLEDGED): _S.HUNTER,
    (_S.HUNTER_EXITS_ONLY, _M.PROMOTED): _S.HUNTER_EXITS_ONLY,
    (_S.HUNTER_EXITS_ONLY, _M.DEMOTED): _S.HUNTER_EXITS_ONLY,
    (_S.HUNTER_EXITS_ONLY, _M.ACKNOWLEDGED): _S.HUNTER,
    (_S.STRATEGIST, _M.PROMOTED): _S.ARCHITECT,
    (_S.STRATEGIST, _M.DEMOTED): _S.HUNTER_EXITS_ONLY,
    (_S.STRATEGIST, _M.ACKNOWLEDGED): _S.STRATEGIST,
    (_S.STRATEGIST_EXITS_ONLY, _M.PROMOTED): _S.STRATEGIST_EXITS_ONLY,
    (_S.STRATEGIST_EXITS_ONLY, _M.DEMOTED): _S.STRATEGIST_EXITS_ONLY,
    (_S.STRATEGIST_EXITS_ONLY, _M.ACKNOWLEDGED): _S.STRATEGIST,
    (_S.ARCHITECT, _M.PROMOTED): _S.ARCHITECT,
    (_S.ARCHITECT, _M.DEMOTED): _S.STRATEGIST_EXITS_ONLY,
    (_S.ARCHITECT, _M.ACKNOWLEDGED): _S.ARCHITECT,
    (_S.ARCHITECT_EXITS_ONLY, _M.PROMOTED): _S.ARCHITECT_EXITS_ONLY,
    (_S.ARCHITECT_EXITS_ONLY, _M.DEMOTED): _S.ARCHITECT_EXITS_ONLY,
    (_S.ARCHITECT_EXITS_ONLY, _M.ACKNOWLEDGED): _S.ARCHITECT,
}
"""From each state and move to the state after it; where they are the same it stays.

A simulated account is never below the sniper, whose limits hold for it: sent down from there it stays, exits only.
"""

STATES = tuple(TierState)
"""A state's place is twice its tier, and one more where positions may only be left."""


def _row(move: TierMove) -> tuple[int, ...]:
    return tuple(STATES.index(MOVES[state, move]) for state in STATES)


UP, DOWN, NOTED = map(_row, TierMove)
"""The same as numbers, by place, for code that is compiled."""


def state_of(tier: int, demoted: int) -> TierState:
    """Return the state of an account.

    >>> state_of(2, 1).value
    'hunter_exits_only'
    """
    return STATES[2 * tier + demoted]
