"""How long to wait for a database that is away."""

from collections.abc import Iterator
from random import Random

JITTER = 0.2


def waits(draw: Random, shortest: float, longest: float) -> Iterator[float]:
    """Yield seconds that double from `shortest` to `longest`, each ± 20 % so that not all come back at once.

    >>> again = waits(Random(0), 1, 30)
    >>> [round(next(again), 1) for _ in range(7)]
    [1.1, 2.2, 3.9, 7.2, 16.1, 28.9, 33.4]
    """
    wait = shortest
    while True:
        yield wait * draw.uniform(1 - JITTER, 1 + JITTER)
        wait = min(2 * wait, longest)
