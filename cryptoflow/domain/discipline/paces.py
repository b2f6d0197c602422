"""How entries come back to their size after a release or a promotion: so much for a while, then more."""

from typing import Any

from cryptoflow.domain.calendar import DAY

DAILY = (float(DAY), 0.25, 0.5, 0.75)
"""How size returns after a release where nobody says otherwise."""


def paced(since: int, at: int, pace: Any) -> float:
    """Return the share of its size that an entry keeps; a pace is how long each step takes, then the share of each.

    >>> [paced(0, hours, (12, 0.25, 0.4, 0.6, 0.8)) for hours in (0, 11, 12, 36, 47, 48)]
    [0.25, 0.25, 0.4, 0.8, 0.8, 1.0]
    >>> paced(0, 0, (12,))
    1.0
    """
    passed = at - since
    for step in range(1, len(pace)):
        if passed < pace[0] * step:
            share: float = pace[step]
            return share
    return 1.0
