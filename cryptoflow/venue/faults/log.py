"""What went wrong on purpose."""

from collections import deque
from typing import NamedTuple

KEPT = 100_000
"""Faults that the log holds; of more than that the newest."""


class Injected(NamedTuple):
    """A fault that was put in: its kind, the moments of the clock and of the market, and what it met."""

    kind: str
    at: int
    market_at: int
    target: str


class Log:
    """Every fault in the order in which it was put in."""

    def __init__(self) -> None:
        self.entries: deque[Injected] = deque(maxlen=KEPT)
        self.count = 0
        self._noted: set[tuple[str, int, str]] = set()

    def note(self, entry: Injected) -> None:
        """Keep an entry."""
        self.entries.append(entry)
        self.count += 1

    def once(self, entry: Injected, span: int) -> None:
        """Keep an entry unless the same kind has met the same target in this span already."""
        known = (entry.kind, span, entry.target)
        if known not in self._noted:
            self._noted.add(known)
            self.note(entry)

    def by_kind(self) -> dict[str, int]:
        """Return how many entries of each kind there are."""
        kinds = [entry.kind for entry in self.entries]
        return {kind: kinds.count(kind) for kind in sorted(set(kinds))}
