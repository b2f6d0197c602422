"""What is done after the kill switch has tripped: a plan, its steps, and each action before and after it."""

from dataclasses import dataclass
from decimal import Decimal

from cryptoflow.domain.events.discipline import KillEvent
from cryptoflow.domain.events.event import Event


@dataclass(frozen=True, slots=True)
class KillReported(KillEvent):
    """Why the switch trips, in the words of whoever trips it; the trip follows in the same commit."""

    name = "kill.reported"
    cause: str
    reason: str


@dataclass(frozen=True, slots=True)
class RecoveryEvent(Event):
    """Something about the plan that follows a trip."""

    @property
    def stream(self) -> str:
        """Return the stream of recovery."""
        return "recovery"


@dataclass(frozen=True, slots=True)
class RecoveryBegun(RecoveryEvent):
    """A plan begins, with the steps that it has now: what follows is carried out by these."""

    name = "recovery.begun"
    plan: str
    cause: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecoveryLooked(RecoveryEvent):
    """What a step has to do, in the `round`th look of it; nothing, and the step is done.

    A target is an order, a symbol, a strategy or a component. For a position `quantities` says how much of it goes,
    and `stops` where its stop is; they are as long as `targets`, or empty.
    """

    name = "recovery.looked"
    step: int
    round: int
    targets: tuple[str, ...]
    quantities: tuple[Decimal, ...]
    stops: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class RecoveryActing(RecoveryEvent):
    """An action is about to be carried out; `key` is the same whenever it is tried again."""

    name = "recovery.acting"
    step: int
    target: str
    act: str
    key: str


@dataclass(frozen=True, slots=True)
class RecoveryActed(RecoveryEvent):
    """What came of an action; `told` is what the venue said to it, if anything."""

    name = "recovery.acted"
    step: int
    target: str
    act: str
    key: str
    outcome: str
    told: str


@dataclass(frozen=True, slots=True)
class RecoveryFinished(RecoveryEvent):
    """Everything that a plan does by itself is done: it waits for its operator. `kept` could not be closed."""

    name = "recovery.finished"
    plan: str
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecoveryConfirmed(RecoveryEvent):
    """A named operator has found the root cause and confirms; the release follows in the same commit."""

    name = "recovery.confirmed"
    operator: str
    root_cause: str
