"""Numbers that should rise by one step: what is next, what came twice, what came early, what is missing."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

Event = TypeVar("Event")


class Hole(NamedTuple):
    """Nothing was heard between the numbers `after` and `before`."""

    after: int
    before: int


class Part(NamedTuple, Generic[Event]):
    """Events in order; `hole` is where they were missing from, None when they were heard in time."""

    hole: Hole | None
    events: Sequence[Event]


class Numbered(Generic[Event]):
    """Lets numbered events out in order, each once; what comes early waits for what is missing.

    While it is `held` nothing goes out: what comes in waits, also what was asked for and `found`. Then `settled`
    tells in order what was found, hole by hole, and what was heard; what stayed missing is passed over.
    """

    def __init__(self, step: int = 1, last: int | None = None) -> None:
        self.step = step
        self.expected = None if last is None else last + step
        self.early: dict[int, Event] = {}
        self.found: set[int] = set()
        self.known = 0  # there is at least one event with this number, heard or not
        self.absent = 0  # what is missing below this number the venue does not have
        self.held = False
        self.told: Hole | None = None
        self.duplicates = self.reordered = 0

    def take(self, number: int, event: Event) -> Sequence[Event]:
        """Return what may go out now that an event was heard."""
        if number == self.expected and not self.early and not self.held:
            self.expected = number + self.step
            return (event,)
        if self.expected is None and not self.held:
            self.expected = number + self.step
            return (event,)
        if not self._is_new(number):
            self.duplicates += 1
            return ()
        self.early[number] = event
        if self.told is not None and number < self.told.before:
            self.found.add(number)
        return () if self.held else self._ready()

    def know(self, number: int) -> None:
        """Learn that events up to, not including, this number must exist."""
        self.known = max(self.known, number)
        if self.expected is None:
            self.expected = number

    def find(self, numbers: Iterable[tuple[int, Event]], newest: bool = False) -> None:
        """Take in events that were asked for, in order; what they leap over does not exist.

        Those after everything that was heard or must exist are on their way, and wanted only if that is to be the
        `newest`.
        """
        end = max(self.known, max(self.early, default=0))
        for number, event in numbers:
            if self._is_new(number) and (newest or number < end):
                self.early[number] = event
                self.found.add(number)
            self.absent = max(self.absent, number if newest else min(number, end))

    def reached(self) -> int | None:
        """Return the last number without a hole before it, but for what does not exist."""
        if self.expected is None:
            return None
        number = self.expected
        while number in self.early or number < self.absent:
            number += self.step
        return number - self.step

    def hole(self) -> Hole | None:
        """Return the first place where something is missing that may exist."""
        reached = self.reached()
        if reached is None:
            return None
        later = [number for number in self.early if number > reached]
        before = min(later, default=self.known if self.known > reached + self.step else None)
        return None if before is None else Hole(reached, before)

    def miss(self) -> Hole | None:
        """Return the first hole if it has not been told, and count it as told."""
        hole = self.hole()
        if hole is None or self.told is not None:
            return None
        self.told = hole
        return hole

    def settled(self) -> Iterator[Part[Event]]:
        """Yield everything that waits, in order, in parts: what was found in a hole, and what was heard."""
        if self.expected is None:
            self.expected = min(self.early, default=None)
        if self.expected is None:
            return
        last = self.expected - self.step
        heard: list[Event] = []
        found: list[Event] = []
        for number in sorted(self.early):
            if number in self.found:
                found.append(self.early[number])
                continue
            if found or number > last + self.step:
                if heard:
                    yield Part(None, heard)
                yield Part(Hole(last, number), found)
                heard, found = [], []
            heard.append(self.early[number])
            last = number
        if heard:
            yield Part(None, heard)
        self.expected = max(last, self.known - self.step, max(self.found, default=0)) + self.step
        if self.expected > last + self.step:
            yield Part(Hole(last, self.expected), found)
        self.early, self.found, self.told = {}, set(), None

    def _is_new(self, number: int) -> bool:
        return number not in self.early and (self.expected is None or number >= self.expected)

    def _ready(self) -> list[Event]:
        """Let out what follows without a hole."""
        ready = []
        while self.expected in self.early:
            ready.append(self.early.pop(self.expected))
            self.expected += self.step
        if len(ready) > 1:
            self.reordered += len(ready) - 1
        return ready


class Names:
    """The last names heard, to tell what came twice where a venue does not number."""

    def __init__(self, most: int = 4_096) -> None:
        self.most = most
        self.names: dict[str, None] = {}

    def add(self, name: str) -> bool:
        """Remember a name; False when it is known already."""
        if name in self.names:
            return False
        self.names[name] = None
        if len(self.names) > self.most:
            del self.names[next(iter(self.names))]
        return True

    def __contains__(self, name: str) -> bool:
        return name in self.names
