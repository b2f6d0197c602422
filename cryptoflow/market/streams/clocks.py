"""How far the venue's clock is from ours."""

from collections import deque
from typing import NamedTuple

KEPT = 8
"""Measurements of which the best counts."""

SLACK = 25.0
"""Milliseconds by which two clocks may drift apart between two measurements."""


class Measured(NamedTuple):
    """The milliseconds a question took there and back, and how far ahead the venue's clock was in its middle."""

    trip: float
    ahead: float


class VenueClock:
    """The offset by the quickest of the last answers: half of its trip is the most it can be wrong.

    A measurement that the newest contradicts, because one of the clocks was set or runs at another pace, is forgotten.
    `told` is what the venue's clock showed when it was last asked: whatever our clock does, it is later than that now.
    """

    def __init__(self) -> None:
        self.kept: deque[Measured] = deque(maxlen=KEPT)
        self.best = Measured(0.0, 0.0)
        self.told = 0

    def observe(self, asked_at: int, answered_at: int, told: int) -> None:
        """Learn from a question and its answer, in nanoseconds of our clock and milliseconds of the venue's.

        >>> clock = VenueClock()
        >>> clock.observe(asked_at=1_000_000_000, answered_at=1_040_000_000, told=1_520)
        >>> clock.observe(asked_at=2_000_000_000, answered_at=2_004_000_000, told=2_501)
        >>> clock.best
        Measured(trip=4.0, ahead=499.0)
        >>> clock.observe(asked_at=3_000_000_000, answered_at=3_100_000_000, told=9_050)
        >>> clock.best
        Measured(trip=100.0, ahead=6000.0)
        """
        trip = (answered_at - asked_at) / 1e6
        newest = Measured(trip, told - (asked_at / 1e6 + trip / 2))
        agreeing = [each for each in self.kept if agree(each, newest)]
        self.kept = deque([*agreeing, newest], maxlen=KEPT)
        self.best = min(self.kept)
        self.told = told

    def now(self, ours: int) -> int:
        """Return what the venue's clock shows, in milliseconds, when ours shows so many nanoseconds."""
        return round(ours / 1e6 + self.best.ahead)


def agree(one: Measured, other: Measured) -> bool:
    """Say whether two measurements can be of the same offset.

    >>> agree(Measured(4.0, 499.0), Measured(100.0, 530.0)), agree(Measured(4.0, 499.0), Measured(4.0, 530.0))
    (True, False)
    """
    return abs(one.ahead - other.ahead) <= (one.trip + other.trip) / 2 + SLACK
