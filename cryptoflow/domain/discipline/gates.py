"""What a gate of the tier table finds: evidence against what is asked, for a promotion or against a demotion."""

from collections.abc import Sequence
from typing import NamedTuple

from cryptoflow.domain.numbers import ratio, root

PROMOTION, DEMOTION = 1.0, 2.0
"""What heads the numbers of a gate that a tier asks for a promotion to it, or for a demotion from it."""


class Finding(NamedTuple):
    """What a gate looked at, what it asks for in the same unit, and 1 where that is met.

    A value that is NaN is evidence that nothing can produce yet: it is never met.
    """

    value: float
    needed: float
    met: int


def at_least(value: float, needed: float) -> Finding:
    """Find that there is enough.

    >>> at_least(5.0, 5.0), at_least(4.9, 5.0).met, at_least(float("nan"), 5.0).met
    (Finding(value=5.0, needed=5.0, met=1), 0, 0)
    """
    return Finding(1.0 * value, 1.0 * needed, 1 if value >= needed else 0)


def at_most(value: float, limit: float) -> Finding:
    """Find that there is not too much.

    >>> at_most(5.0, 5.0).met, at_most(5.1, 5.0).met
    (1, 0)
    """
    return Finding(1.0 * value, 1.0 * limit, 1 if value <= limit else 0)


def above(value: float, limit: float) -> Finding:
    """Find that there is more.

    >>> above(5.0, 5.0).met, above(5.1, 5.0).met
    (0, 1)
    """
    return Finding(1.0 * value, 1.0 * limit, 1 if value > limit else 0)


def mean(days: Sequence[float], count: int) -> float:
    """Return the mean of the first so many days.

    >>> mean([0.01, 0.03, 0.5], 2)
    0.02
    """
    total = 0.0
    for place in range(count):
        total += days[place]
    return ratio(total, count)


def deviation(days: Sequence[float], count: int) -> float:
    """Return the sample deviation of the first so many days; NaN of a single one.

    >>> deviation([1.0, 2.0, 3.0, 9.0], 3), deviation([1.0], 1)
    (1.0, nan)
    """
    middle = mean(days, count)
    squares = 0.0
    for place in range(count):
        squares += (days[place] - middle) * (days[place] - middle)
    return root(ratio(squares, count - 1))
