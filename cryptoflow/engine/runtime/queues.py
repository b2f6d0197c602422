"""Bounded queues: what waits for a subscriber, and what is lost when there is no room."""

from collections import deque
from collections.abc import Hashable
from enum import StrEnum
from typing import Protocol

from cryptoflow.engine.runtime.events import Event


class Overflow(StrEnum):
    """What a subscriber misses when it is too slow.

    No policy misses nothing: a queue without a bound eats the memory, one that blocks stops the owner. What may
    miss nothing, like the recorder of the tape, is called directly by the loop that moves the owner.
    """

    DROP_OLDEST = "drop_oldest"
    DROP_NEWEST = "drop_newest"
    LATEST = "latest"


class Queue(Protocol):
    """Events that wait, never more than its bound."""

    def put(self, event: Event) -> bool:
        """Take an event in; False when one, this or another, is lost by it."""

    def pop(self) -> Event:
        """Hand over the one that has waited longest."""

    def __len__(self) -> int: ...


class DropOldest:
    """Keeps the newest events: for screens and figures, to which the past is past."""

    def __init__(self, bound: int) -> None:
        self.events: deque[Event] = deque()
        self.bound = bound

    def put(self, event: Event) -> bool:
        """Take an event in, and throw the oldest away when there is no room."""
        self.events.append(event)
        if len(self.events) <= self.bound:
            return True
        self.events.popleft()
        return False

    def pop(self) -> Event:
        """Hand over the oldest."""
        return self.events.popleft()

    def __len__(self) -> int:
        return len(self.events)


class DropNewest(DropOldest):
    """Keeps the events that came first: for those who need an unbroken beginning."""

    def put(self, event: Event) -> bool:
        """Take an event in when there is room."""
        return len(self.events) < self.bound and super().put(event)


class Latest:
    """Keeps the latest event of each name and symbol; that a newer one takes an older one's place is no loss."""

    def __init__(self, bound: int) -> None:
        self.events: dict[Hashable, Event] = {}
        self.bound = bound

    def put(self, event: Event) -> bool:
        """Take an event in at the end, and throw the oldest away when there are too many names and symbols."""
        key = (event.name, getattr(event, "symbol", ""))
        self.events.pop(key, None)
        self.events[key] = event
        if len(self.events) <= self.bound:
            return True
        self.pop()
        return False

    def pop(self) -> Event:
        """Hand over the one whose latest news is the oldest."""
        return self.events.pop(next(iter(self.events)))

    def __len__(self) -> int:
        return len(self.events)


QUEUES: dict[Overflow, type[DropOldest | Latest]] = {
    Overflow.DROP_OLDEST: DropOldest,
    Overflow.DROP_NEWEST: DropNewest,
    Overflow.LATEST: Latest,
}
