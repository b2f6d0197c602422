"""Recovery plans: what is done after a trip, in which order. A plan is journalled with its steps when it begins.

A plan that has begun is carried out as it was written then, whatever a newer version would do.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from cryptoflow.domain.codes import Cause
from cryptoflow.domain.events.codec import decimal_text


class StepKind(StrEnum):
    """What a plan may do."""

    CANCEL_ENTRIES = "cancel_entries"
    CLOSE_ALL = "close_all"
    REDUCE_EXPOSURE = "reduce_exposure"
    DISABLE_STRATEGY = "disable_strategy"
    RESTART_COMPONENT = "restart_component"
    DISCONNECT = "disconnect"
    WAIT_FOR_OPERATOR = "wait_for_operator"


AT_MARKET = "market"
"""What a `close_all` is told that tries no limit order first."""


class Step(NamedTuple):
    """One step: `of` is the share of itself that exposure comes down to, the strategy, the component, or `market`."""

    kind: StepKind
    of: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value} {self.of}".rstrip()

    @property
    def share(self) -> Decimal:
        """Return what a `reduce_exposure` leaves of every position.

        >>> reduce_to(Decimal("0.50")).share
        Decimal('0.5')
        """
        return Decimal(self.of)


def reduce_to(share: Decimal) -> Step:
    """Return the step that leaves a share of every position; anything but a share is refused.

    >>> str(reduce_to(Decimal("0.5")))
    'reduce_exposure 0.5'
    >>> reduce_to(Decimal(50))
    Traceback (most recent call last):
    ValueError: exposure is reduced to a share of itself, and 50 is none
    """
    if not 0 <= share < 1:
        raise ValueError(f"exposure is reduced to a share of itself, and {share} is none")
    return Step(StepKind.REDUCE_EXPOSURE, decimal_text(share))


def step_of(told: str) -> Step:
    """Return the step that a journal tells.

    >>> step_of("close_all market"), step_of("cancel_entries").of
    (Step(kind=<StepKind.CLOSE_ALL: 'close_all'>, of='market'), '')
    """
    kind, _, of = told.partition(" ")
    return Step(StepKind(kind), of)


STANDARD, AGGRESSIVE = "standard", "aggressive"

PLANS: Mapping[str, tuple[Step, ...]] = {
    STANDARD: (
        Step(StepKind.CANCEL_ENTRIES),
        Step(StepKind.CLOSE_ALL),
        Step(StepKind.WAIT_FOR_OPERATOR),
    ),
    AGGRESSIVE: (
        Step(StepKind.CANCEL_ENTRIES),
        Step(StepKind.CLOSE_ALL, AT_MARKET),
        Step(StepKind.DISCONNECT),
        Step(StepKind.WAIT_FOR_OPERATOR),
    ),
}
"""The plans that `risk.emergency` chooses from."""


def checked(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return steps that make a plan, which nothing but the operator ends.

    >>> checked([Step(StepKind.WAIT_FOR_OPERATOR), Step(StepKind.CLOSE_ALL)])
    Traceback (most recent call last):
    ValueError: a plan ends with wait_for_operator, and waits nowhere else
    """
    waits = [step.kind is StepKind.WAIT_FOR_OPERATOR for step in steps]
    if not waits or not waits[-1] or any(waits[:-1]):
        raise ValueError("a plan ends with wait_for_operator, and waits nowhere else")
    return tuple(steps)


def plan_for(cause: str, emergency: str = STANDARD) -> str:
    """Return the plan for a trip: where everything fails at once there is no time for limit orders.

    >>> plan_for("drawdown"), plan_for("breaker_cascade"), plan_for("drawdown", "aggressive")
    ('standard', 'aggressive', 'aggressive')
    """
    return AGGRESSIVE if cause == Cause.BREAKER_CASCADE.name.lower() else emergency
