"""How far a plan has come, as its events tell it, and what is to be done next: a pure function of the journal."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from cryptoflow.domain.events.recovery import RecoveryActed, RecoveryActing, RecoveryBegun, RecoveryLooked
from cryptoflow.domain.orders import order_id
from cryptoflow.domain.recovery.acts import Act, Ended, Outcome, following, succeeded, tries
from cryptoflow.domain.recovery.plans import AT_MARKET, Step, StepKind, step_of

FIRST: Mapping[StepKind, Act] = {
    StepKind.CANCEL_ENTRIES: Act.CANCEL,
    StepKind.CLOSE_ALL: Act.CLOSE_LIMIT,
    StepKind.REDUCE_EXPOSURE: Act.REDUCE,
    StepKind.DISABLE_STRATEGY: Act.DISABLE,
    StepKind.RESTART_COMPONENT: Act.RESTART,
    StepKind.DISCONNECT: Act.DISCONNECT,
}
"""What a step does first to each of its targets."""

UNTIL_NONE = frozenset({StepKind.CANCEL_ENTRIES, StepKind.CLOSE_ALL})
"""Steps that look again once they are through: an order may have filled meanwhile. The others look once."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that a step has to see to. `acting` is the key of the last action that began, `since` when it did."""

    name: str
    quantity: Decimal = Decimal(0)
    stop: Decimal | None = None
    history: tuple[Ended, ...] = ()
    acting: str = ""
    since: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """A plan under way: `trip` is the number of the event that it follows, `kept` what could not be done.

    `given_up` is what the step at hand could not do; it is another step's business all the same.
    """

    trip: int = 0
    plan: str = ""
    steps: tuple[Step, ...] = ()
    step: int = 0
    round: int = 0
    targets: tuple[Target, ...] = ()
    kept: tuple[str, ...] = ()
    given_up: tuple[str, ...] = ()

    @property
    def now(self) -> Step | None:
        """Return the step that it is at, None where there is none left."""
        return self.steps[self.step] if self.step < len(self.steps) else None


class Look(NamedTuple):
    """Look what a step has to do."""

    step: int
    round: int


class Action(NamedTuple):
    """Do something to a target; `begun` where the journal has it already, so that it may have been done."""

    step: int
    target: Target
    act: Act
    key: str
    begun: bool


class Finish(NamedTuple):
    """Say that everything is done, and wait for the operator."""

    kept: tuple[str, ...]


def next_of(account: str, progress: Progress) -> Look | tuple[Action, ...] | Finish:
    """Return what is to be done next: one action of every target that need not wait for another.

    Positions are closed one after the other where a limit order may rest for a while, and all at once at market. Of
    several who has lost its stop comes first, then who was tried least: one that is refused keeps no other waiting.
    """
    step = progress.now
    if step is None or step.kind is StepKind.WAIT_FOR_OPERATOR:
        return Finish(progress.kept)
    found = [action for each in progress.targets if (action := action_of(account, progress, each.name)) is not None]
    if not found:
        return Look(progress.step, progress.round)
    due = sorted(found, key=lambda each: (each.act is not Act.PROTECT, tries(each.target.history)))
    return tuple(due[:1] if is_one_by_one(step) else due)


def is_one_by_one(step: Step) -> bool:
    """Say whether the targets of a step are seen to one after the other."""
    return step.kind is StepKind.CLOSE_ALL and step.of != AT_MARKET


def action_of(account: str, progress: Progress, name: str) -> Action | None:
    """Return what is to be done next to a target, None where it is settled or its round is over."""
    target = next((each for each in progress.targets if each.name == name), None)
    act = None if target is None else act_of(progress.steps[progress.step], target)
    if target is None or act is None:
        return None
    leg = f"{progress.step}.{progress.round}.{act.value}"
    key = order_id(account, "recovery", target.name, progress.trip, leg, 1 + len(target.history))
    return Action(progress.step, target, act, key, target.acting == key)


def act_of(step: Step, target: Target) -> Act | None:
    """Return what a target of a step waits for, None where it is settled."""
    first = Act.CLOSE_MARKET if step.of == AT_MARKET else FIRST[step.kind]
    return following(first, target.history, target.stop is not None)


def begun(trip: int, event: RecoveryBegun) -> Progress:
    """Return a plan of which nothing is done yet."""
    return Progress(trip, event.plan, tuple(map(step_of, event.steps)))


def looked(progress: Progress, event: RecoveryLooked) -> Progress:
    """Return a plan whose step knows its targets; without any it is at the next."""
    if not event.targets:
        return _onward(progress)
    quantities = event.quantities or (Decimal(0),) * len(event.targets)
    stops = event.stops or (None,) * len(event.targets)
    return replace(progress, targets=tuple(map(Target, event.targets, quantities, stops)))


def acting(progress: Progress, event: RecoveryActing, at: int) -> Progress:
    """Return a plan in which an action has begun."""
    return _with(progress, replace(_target(progress, event.target), acting=event.key, since=at))


def acted(progress: Progress, event: RecoveryActed) -> Progress:
    """Return a plan in which an action has ended; with the last of a round the step looks again, or is done."""
    target = _target(progress, event.target)
    history = (*target.history, Ended(Act(event.act), Outcome(event.outcome)))
    progress = _with(progress, replace(target, history=history))
    step = progress.steps[progress.step]
    if any(act_of(step, each) is not None for each in progress.targets):
        return progress
    seen_to = {each.name for each in progress.targets}
    failed = tuple(each.name for each in progress.targets if not succeeded(each.history))
    kept = (*(name for name in progress.kept if name not in seen_to), *failed)
    progress = replace(progress, kept=kept, given_up=(*progress.given_up, *failed))
    if step.kind in UNTIL_NONE:
        return replace(progress, targets=(), round=progress.round + 1)
    return _onward(progress)


def _onward(progress: Progress) -> Progress:
    return replace(progress, step=progress.step + 1, round=0, targets=(), given_up=())


def _target(progress: Progress, name: str) -> Target:
    return next(each for each in progress.targets if each.name == name)


def _with(progress: Progress, target: Target) -> Progress:
    return replace(progress, targets=tuple(target if each.name == target.name else each for each in progress.targets))
