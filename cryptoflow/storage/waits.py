"""How long to wait before the next attempt, at a database that is away as at a receiver that does not answer."""

from collections.abc import Iterator
from itertools import count
from random import Random
from typing import NamedTuple

JITTER = 0.2

DOUBLINGS = 60
"""More would be more than a float holds, and than anybody waits."""


class Backoff(NamedTuple):
    """Waits that double from the shortest to the longest, in whatever unit those are.

    Each is up to a share `jitter` shorter or longer, so that not all who wait come back at once.
    """

    shortest: float
    longest: float
    jitter: float = JITTER

    def after(self, attempts: int, luck: float) -> float:
        """Return the wait after so many attempts that failed; `luck` from 0 to 1 says how long of what it may be.

        >>> [Backoff(1, 30).after(attempts, luck) for attempts, luck in ((1, 0.5), (3, 0.5), (3, 1.0), (9999, 0.0))]
        [1.0, 4.0, 4.8, 24.0]
        """
        plain = min(self.longest, self.shortest * 2.0 ** min(attempts - 1, DOUBLINGS))
        return plain * (1 + self.jitter * (2 * luck - 1))

    def waits(self, draw: Random) -> Iterator[float]:
        """Yield the waits after one attempt, two, three …, without end.

        >>> again = Backoff(1, 30).waits(Random(0))
        >>> [round(next(again), 1) for _ in range(7)]
        [1.1, 2.2, 3.9, 7.2, 16.1, 28.9, 33.4]
        """
        return (self.after(attempts, draw.random()) for attempts in count(1))
