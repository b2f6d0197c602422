"""How long to wait for an answer, and how long before asking again."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds for a connection, for something to come, and for all of it; and those between one attempt and the next.

    The waits double from `first`, each up to a share of `jitter` shorter or longer so that not all come back at once,
    and none is longer than `longest`.

    >>> [round(Patience().wait(attempt, Random(attempt)), 1) for attempt in range(1, 8)]
    [0.9, 2.4, 3.6, 7.2, 16.8, 30.0, 30.0]
    """

    connect: float = 5.0
    read: float = 10.0
    total: float = 30.0
    first: float = 1.0
    longest: float = 30.0
    jitter: float = 0.2

    def __post_init__(self) -> None:
        for name in ("connect", "read", "total", "first", "longest"):
            seconds = getattr(self, name)
            if not seconds > 0:
                raise ValueError(f"{name} is {seconds}, but a time is above 0")
        if not 0 <= self.jitter < 1:
            raise ValueError(f"jitter is {self.jitter}, but a share lies between 0 and 1")

    def wait(self, attempt: int, draw: Random) -> float:
        """Return the seconds to wait after so many attempts, counted from 1."""
        plain = self.first * 2.0 ** min(attempt - 1, 60)
        return min(self.longest, plain * draw.uniform(1 - self.jitter, 1 + self.jitter))


PATIENCE = Patience()
"""That with venues and servers."""
