"""The kill switch of an account as a fold of its journal: where it stands, why, and how far its plan has come."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from cryptoflow.domain.calendar import LONG_AGO
from cryptoflow.domain.discipline.paces import DAILY, paced
from cryptoflow.domain.events.discipline import KillReleased, KillTripped
from cryptoflow.domain.events.recovery import (
    KillReported,
    RecoveryActed,
    RecoveryActing,
    RecoveryBegun,
    RecoveryConfirmed,
    RecoveryFinished,
    RecoveryLooked,
)
from cryptoflow.domain.journal.fold import Folding
from cryptoflow.domain.journal.recorded import Recorded, is_recorded
from cryptoflow.domain.recovery import progress as plan
from cryptoflow.domain.recovery.acts import Act, Ended, Outcome
from cryptoflow.domain.recovery.plans import Step, StepKind
from cryptoflow.domain.recovery.progress import Progress, Target
from cryptoflow.domain.recovery.states import BARRED, KILL_CHANGES, KillChange, KillState

NO_PLAN = Progress()


@dataclass(frozen=True, slots=True)
class Switch:
    """The switch. `value` and `limit` are those of the trip, `reason` the words of whoever tripped it.

    `operator` and `root_cause` are those of the last release.
    """

    state: KillState = KillState.ARMED
    cause: str = ""
    value: float = 0.0
    limit: float = 0.0
    reason: str = ""
    tripped_by: str = ""
    tripped_at: int = LONG_AGO
    progress: Progress = NO_PLAN
    released_at: int = LONG_AGO
    operator: str = ""
    root_cause: str = ""

    @property
    def bars(self) -> bool:
        """Whether nothing may be entered."""
        return self.state in BARRED

    def size(self, at: int, pace: Sequence[float] = DAILY) -> float:
        """Return the share of its size that an entry keeps: nothing while barred, a step more each day after.

        >>> [Switch(KillState.RESUMING, released_at=0).size(day * 86_400_000) for day in (0, 1, 2, 3)]
        [0.25, 0.5, 0.75, 1.0]
        >>> Switch().size(0), Switch(KillState.WAITING).size(0)
        (1.0, 0.0)
        """
        return 0.0 if self.bars else paced(self.released_at, at, pace)

    def standing(self, at: int) -> KillState:
        """Return the state at a moment: the last step of size needs no event."""
        if self.state is KillState.RESUMING and self.size(at) >= 1.0:
            return KILL_CHANGES[self.state, KillChange.SIZE_RESTORED]
        return self.state


def after(switch: Switch, recorded: Recorded) -> Switch:
    """Return the switch after an event; what is not about it changes nothing."""
    if not recorded.name.startswith(("kill.", "recovery.")):
        return switch
    match recorded.event:
        case KillReported() as event:
            return switch if switch.bars else replace(switch, reason=event.reason)
        case KillTripped() as event:
            if switch.bars:
                return switch
            tripped = replace(
                switch,
                state=KILL_CHANGES[switch.state, KillChange.TRIPPED],
                cause=event.cause,
                value=event.value,
                limit=event.limit,
                tripped_by=recorded.by,
                tripped_at=recorded.at,
                progress=Progress(trip=recorded.seq),
            )
            return _left_alone(tripped) if is_recorded(recorded.account) else tripped
        case KillReleased():
            released_at = switch.released_at
            if switch.state is KillState.WAITING:  # by a clock that was set back size would be there at once
                released_at = max(recorded.at, switch.tripped_at)
            return replace(_changed(switch, KillChange.RELEASED), released_at=released_at, reason="")
        case RecoveryBegun() as event:
            if switch.state is not KillState.TRIPPED:
                return switch
            begun = _changed(switch, KillChange.PLAN_BEGUN)
            return replace(begun, progress=plan.begun(switch.progress.trip, event))
        case RecoveryLooked() as event:
            return replace(switch, progress=plan.looked(switch.progress, event))
        case RecoveryActing() as event:
            return replace(switch, progress=plan.acting(switch.progress, event, recorded.at))
        case RecoveryActed() as event:
            return replace(switch, progress=plan.acted(switch.progress, event))
        case RecoveryFinished():
            return _changed(switch, KillChange.PLAN_FINISHED)
        case RecoveryConfirmed() as event:
            return replace(switch, operator=event.operator, root_cause=event.root_cause)
    return switch


def _left_alone(switch: Switch) -> Switch:
    """Return the switch once its plan is through, as in a backtest, whose decision leaves everything in its next round.

    Its journal tells of no steps: they are orders like all others there, and its operator is simulated.
    """
    return _changed(_changed(switch, KillChange.PLAN_BEGUN), KillChange.PLAN_FINISHED)


def _changed(switch: Switch, change: KillChange) -> Switch:
    return replace(switch, state=KILL_CHANGES[switch.state, change])


def told(switch: Switch) -> Any:
    """Return a switch as JSON values."""
    return asdict(switch)


def read(told: Any) -> Switch:
    """Return the switch that JSON values tell."""
    return Switch(**{**told, "state": KillState(told["state"]), "progress": _progress(told["progress"])})


def _progress(told: Mapping[str, Any]) -> Progress:
    steps = tuple(Step(StepKind(kind), of) for kind, of in told["steps"])
    names = {name: tuple(told[name]) for name in ("kept", "given_up")}
    return Progress(**{**told, **names, "steps": steps, "targets": tuple(map(_target, told["targets"]))})


def _target(told: Mapping[str, Any]) -> Target:
    history = tuple(Ended(Act(act), Outcome(outcome)) for act, outcome in told["history"])
    stop = None if told["stop"] is None else Decimal(told["stop"])
    return Target(told["name"], Decimal(told["quantity"]), stop, history, told["acting"], told["since"])


SWITCH = Folding("kill", 2, Switch(), after, told, read)
"""The fold under its name, for snapshots."""
