"""What a limit written as a share, an amount, or both allows."""

from math import inf


def ceiling(whole: float, share: float, amount: float) -> float:
    """The stricter of a share of `whole` and an amount; a part that was not written is infinite.

    >>> ceiling(1000.0, 0.08, 100.0), ceiling(0.0, inf, 50.0)
    (80.0, 50.0)
    """
    part = whole * share if share < inf else inf
    return min(part, amount)
