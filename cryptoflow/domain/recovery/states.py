"""The states of the kill switch, and what each thing that can happen makes of each of them."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from cryptoflow.domain.discipline.paces import DAILY, paced
from cryptoflow.domain.discipline.records import Halt


class KillState(StrEnum):
    """How an account stands to its kill switch; nothing is entered in the middle three."""

    ARMED = "armed"
    TRIPPED = "tripped"
    RECOVERING = "recovering"
    WAITING = "waiting"
    RESUMING = "resuming"


class KillChange(StrEnum):
    """What can happen to the switch."""

    TRIPPED = "tripped"
    PLAN_BEGUN = "plan_begun"
    PLAN_FINISHED = "plan_finished"
    RELEASED = "released"
    SIZE_RESTORED = "size_restored"


_S, _C = KillState, KillChange

KILL_CHANGES: Mapping[tuple[KillState, KillChange], KillState] = {
    (_S.ARMED, _C.TRIPPED): _S.TRIPPED,
    (_S.ARMED, _C.PLAN_BEGUN): _S.ARMED,
    (_S.ARMED, _C.PLAN_FINISHED): _S.ARMED,
    (_S.ARMED, _C.RELEASED): _S.ARMED,
    (_S.ARMED, _C.SIZE_RESTORED): _S.ARMED,
    (_S.TRIPPED, _C.TRIPPED): _S.TRIPPED,
    (_S.TRIPPED, _C.PLAN_BEGUN): _S.RECOVERING,
    (_S.TRIPPED, _C.PLAN_FINISHED): _S.TRIPPED,
    (_S.TRIPPED, _C.RELEASED): _S.TRIPPED,
    (_S.TRIPPED, _C.SIZE_RESTORED): _S.TRIPPED,
    (_S.RECOVERING, _C.TRIPPED): _S.RECOVERING,
    (_S.RECOVERING, _C.PLAN_BEGUN): _S.RECOVERING,
    (_S.RECOVERING, _C.PLAN_FINISHED): _S.WAITING,
    (_S.RECOVERING, _C.RELEASED): _S.RECOVERING,
    (_S.RECOVERING, _C.SIZE_RESTORED): _S.RECOVERING,
    (_S.WAITING, _C.TRIPPED): _S.WAITING,
    (_S.WAITING, _C.PLAN_BEGUN): _S.WAITING,
    (_S.WAITING, _C.PLAN_FINISHED): _S.WAITING,
    (_S.WAITING, _C.RELEASED): _S.RESUMING,
    (_S.WAITING, _C.SIZE_RESTORED): _S.WAITING,
    (_S.RESUMING, _C.TRIPPED): _S.TRIPPED,
    (_S.RESUMING, _C.PLAN_BEGUN): _S.RESUMING,
    (_S.RESUMING, _C.PLAN_FINISHED): _S.RESUMING,
    (_S.RESUMING, _C.RELEASED): _S.RESUMING,
    (_S.RESUMING, _C.SIZE_RESTORED): _S.ARMED,
}
"""From each state and change to the state after it; where they are the same it stays. The first trip wins."""

BARRED = frozenset({KillState.TRIPPED, KillState.RECOVERING, KillState.WAITING})
"""States in which nothing is entered."""

UNDONE = frozenset({KillState.TRIPPED, KillState.RECOVERING})
"""States in which the plan is not through."""


def state_of(halt: Halt, positions: int, at: int, pace: Sequence[float] = DAILY) -> KillState:
    """Return the state in which the decision's own record of the switch stands, with so many positions still held.

    The decision begins its plan in the step in which it trips, so it is never seen merely tripped.

    >>> [state_of(Halt(tripped=1), held, 0).value for held in (1, 0)]
    ['recovering', 'waiting']
    >>> [state_of(Halt(released_at=0), 0, day * 86_400_000).value for day in (2, 3)]
    ['resuming', 'armed']
    """
    if halt.tripped == 1:
        return KillState.RECOVERING if positions > 0 else KillState.WAITING
    return KillState.RESUMING if paced(halt.released_at, at, pace) < 1.0 else KillState.ARMED
