"""How far the venue's clock is from ours, and whether it runs at the same pace."""

import time
from collections import deque
from typing import NamedTuple

from cryptoflow.market.times import HOUR

KEPT = 8
"""Measurements of which the best counts."""

SLACK = 25.0
"""Milliseconds by which two clocks may drift apart between two measurements."""

PACE = 0.01
"""Share by which a clock that is being set right may run faster or slower than real time."""


class Measured(NamedTuple):
    """The milliseconds a question took there and back, and how far ahead the venue's clock was in its middle."""

    trip: float
    ahead: float
    middle: float = 0.0


class VenueClock:
    """The offset by the quickest of the last answers: half of its trip is the most it can be wrong.

    A measurement that the newest contradicts, because one of the clocks was set or runs at another pace, is forgotten.
    `told` is what the venue's clock showed when it was last asked: whatever our clock does, it is later than that now.
    A venue that is not `asked` for its time goes by ours.
    """

    def __init__(self, *, asked: bool = True) -> None:
        self.asked = asked
        self.kept: deque[Measured] = deque(maxlen=KEPT)
        self.best = Measured(0.0, 0.0)
        self.told = 0
        self.pace: float | None = None
        self.is_steady = True
        self.turns = 0
        """How often what was known of it was found to hold no longer."""
        self._told_at = float("-inf")

    def observe(self, asked_at: int, answered_at: int, told: int) -> None:
        """Learn from a question and its answer, in nanoseconds of our clock and milliseconds of the venue's.

        >>> clock = VenueClock()
        >>> clock.observe(asked_at=1_000_000_000, answered_at=1_040_000_000, told=1_520)
        >>> clock.observe(asked_at=2_000_000_000, answered_at=2_004_000_000, told=2_501)
        >>> clock.best.trip, clock.best.ahead
        (4.0, 499.0)
        >>> clock.observe(asked_at=3_000_000_000, answered_at=3_100_000_000, told=9_050)
        >>> clock.best.trip, clock.best.ahead
        (100.0, 6000.0)
        """
        trip = (answered_at - asked_at) / 1e6
        middle = asked_at / 1e6 + trip / 2
        newest = Measured(trip, told - middle, middle)
        if self.kept:
            self._compare(self.kept[-1], newest)
        agreeing = [each for each in self.kept if agree(each, newest)]
        self.kept = deque([*agreeing, newest], maxlen=KEPT)
        self.best = min(self.kept)
        self.told = told
        self._told_at = time.monotonic()

    def now(self, ours: int) -> int:
        """Return what the venue's clock shows, in milliseconds, when ours shows so many nanoseconds."""
        return round(ours / 1e6 + self.best.ahead)

    def age(self) -> float:
        """Return the seconds since the venue has told its time."""
        return time.monotonic() - self._told_at

    def is_like_ours(self) -> bool:
        """Say whether moments of the two can be compared: they run at one pace, and are less than an hour apart.

        >>> clock = VenueClock()
        >>> clock.is_like_ours()
        False
        >>> clock.observe(asked_at=0, answered_at=2_000_000, told=500)
        >>> clock.is_like_ours()
        True
        >>> clock.observe(asked_at=1_000_000_000, answered_at=1_002_000_000, told=60_500)
        >>> clock.is_like_ours(), clock.pace
        (False, 60.0)
        """
        return not self.asked or (bool(self.kept) and self.is_steady and abs(self.best.ahead) <= HOUR)

    def plain(self) -> dict[str, float | None]:
        """Return how far ahead it is, None where the two cannot be compared, the pace, and the trip of that answer."""
        measured = bool(self.kept)
        return {
            "ahead_ms": round(self.best.ahead, 3) if measured and self.is_like_ours() else None,
            "trip_ms": round(self.best.trip, 3) if measured else None,
            "pace": None if self.pace is None else round(self.pace, 3),
        }

    def _compare(self, before: Measured, newest: Measured) -> None:
        """Learn the pace from the last two answers."""
        passed = newest.middle - before.middle
        moved = newest.ahead - before.ahead
        self.is_steady = abs(moved) <= (before.trip + newest.trip) / 2 + SLACK + PACE * abs(passed)
        self.turns += not self.is_steady
        self.pace = 1 + moved / passed if passed > 0 else None


def agree(one: Measured, other: Measured) -> bool:
    """Say whether two measurements can be of the same offset.

    >>> agree(Measured(4.0, 499.0), Measured(100.0, 530.0)), agree(Measured(4.0, 499.0), Measured(4.0, 530.0))
    (True, False)
    """
    return abs(one.ahead - other.ahead) <= (one.trip + other.trip) / 2 + SLACK
