"""State as a fold of events, and the fold under a name so that what it came to can be kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

from cryptoflow.domain.journal.recorded import Recorded

S = TypeVar("S")

Step = Callable[[S, Recorded], S]
"""The next state after an event. It returns a new state: the one that it was given may be in use elsewhere."""


def fold(events: Iterable[Recorded], step: Step[S], start: S) -> S:
    """Return what events make of a state, one after the other.

    >>> fold([], lambda count, event: count + 1, 41)
    41
    """
    return reduce(step, events, start)


@dataclass(frozen=True, slots=True)
class Folding(Generic[S]):
    """A fold that can stop and go on: `tell` spells its state as JSON values, `read` makes the same state of them.

    `schema` rises whenever its step or its state comes to mean something else; snapshots of older schemas are of
    no use then.
    """

    name: str
    schema: int
    start: S
    step: Step[S]
    tell: Callable[[S], Any]
    read: Callable[[Any], S]
