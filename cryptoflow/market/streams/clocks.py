"""How far the venue's clock is from ours."""

from collections import deque
from typing import NamedTuple

KEPT = 8
"""Measurements of which the best counts."""


class Measured(NamedTuple):
    """The milliseconds a question took there and back, and how far ahead the venue's clock was in its middle."""

    trip: float
    ahead: float


class VenueClock:
    """The offset by the quickest of the last answers: half of its trip is the most it can be wrong."""

    def __init__(self) -> None:
        self.kept: deque[Measured] = deque(maxlen=KEPT)

    def observe(self, asked_at: int, answered_at: int, told: int) -> None:
        """Learn from a question and its answer, in nanoseconds of our clock and milliseconds of the venue's."""
        trip = (answered_at - asked_at) / 1e6
        self.kept.append(Measured(trip, told - (asked_at / 1e6 + trip / 2)))

    @property
    def best(self) -> Measured:
        """Return the measurement that counts; nothing ahead when there is none.

        >>> clock = VenueClock()
        >>> clock.observe(asked_at=1_000_000_000, answered_at=1_040_000_000, told=1_520)
        >>> clock.observe(asked_at=2_000_000_000, answered_at=2_004_000_000, told=2_501)
        >>> clock.best
        Measured(trip=4.0, ahead=499.0)
        """
        return min(self.kept, default=Measured(0.0, 0.0))

    def now(self, ours: int) -> int:
        """Return what the venue's clock shows, in milliseconds, when ours shows so many nanoseconds."""
        return round(ours / 1e6 + self.best.ahead)
