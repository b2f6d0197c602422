"""Every machine that is a transition table, as the manual draws it."""

from collections.abc import Callable, Mapping, Set
from enum import StrEnum
from typing import TypeVar

from cryptoflow.domain.breakers.states import CHANGES, BreakerState
from cryptoflow.domain.diagrams import arrows_of_events, arrows_of_moves, diagram, matrix
from cryptoflow.domain.discipline.tiers import MOVES as TIER_MOVES
from cryptoflow.domain.discipline.tiers import TierState
from cryptoflow.domain.orders import MOVES, OrderState
from cryptoflow.domain.recovery.states import KILL_CHANGES, KillState
from cryptoflow.domain.tilt.levels import CHANGES as TILT_CHANGES
from cryptoflow.domain.tilt.levels import STEPS, Stage, TiltState

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


def of_events(start: S, table: Mapping[tuple[S, E], S]) -> str:
    """Return a machine in which events decide: drawn, and every state beside every event."""
    return f"{_fenced(diagram(start, arrows_of_events(table)))}\n\n{matrix(table)}"


def of_moves(start: S, table: Mapping[S, Set[S]]) -> str:
    """Return a machine of allowed moves, drawn."""
    return _fenced(diagram(start, arrows_of_moves(table)))


def _fenced(drawing: str) -> str:
    return f"```mermaid\n{drawing}\n```"


MACHINES: Mapping[str, Callable[[], str]] = {
    "breaker": lambda: of_events(BreakerState.CLOSED, CHANGES),
    "kill": lambda: of_events(KillState.ARMED, KILL_CHANGES),
    "order": lambda: of_moves(OrderState.CREATED, MOVES),
    "tilt": lambda: of_events(TiltState.CALM, TILT_CHANGES),
    "way_back": lambda: of_events(Stage.FULL, STEPS),
    "tier": lambda: of_events(TierState.OBSERVER, TIER_MOVES),
}


def drawn(name: str) -> str:
    """Return a machine as Markdown.

    >>> drawn("order").splitlines()[:3]
    ['```mermaid', 'stateDiagram-v2', '    [*] --> created']
    """
    return MACHINES[name]()
