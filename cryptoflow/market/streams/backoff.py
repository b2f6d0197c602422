"""How long to wait before the next attempt."""

from random import Random

FIRST, LONGEST = 1.0, 60.0
JITTER = 0.3


class Backoff:
    """Waits of 1, 2, 4, 8 … seconds, at most 60, each up to 30 % shorter or longer so that not all come at once.

    >>> waits = Backoff(Random(0))
    >>> [round(waits.next()) for _ in range(8)]
    [1, 2, 4, 7, 16, 30, 70, 53]
    """

    def __init__(self, draw: Random) -> None:
        self.draw = draw
        self.begin()

    def begin(self) -> None:
        """Start over: an attempt has succeeded."""
        self.wait = FIRST

    def next(self) -> float:
        """Return the seconds to wait, and wait twice as long the next time."""
        now, self.wait = self.wait, min(2 * self.wait, LONGEST)
        return now * self.draw.uniform(1 - JITTER, 1 + JITTER)
