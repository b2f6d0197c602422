"""How alike two symbols move: the correlation of their days, from a table that both drivers keep alike."""

from math import nan
from typing import Any

from cryptoflow.domain.numbers import ratio, root

KEPT = 64
"""Days that are kept at least; a table of more has no day twice, and room for so many before its first."""


def likeness(dailies: Any, one: int, other: int, today: int, days: int, least: int) -> float:
    """Return Pearson's correlation of two symbols' log returns over the last completed days.

    `dailies` has a row per symbol and a place per day, which is the day's number modulo the length of the row. Days on
    which either has no return count for neither; with fewer than `least` the answer is NaN, as it is where one of the
    two did not move.

    >>> table = [[float("nan")] * KEPT, [float("nan")] * KEPT]
    >>> for day, (a, b) in enumerate([(0.01, 0.02), (-0.01, -0.02), (0.03, 0.06)]):
    ...     table[0][day], table[1][day] = a, b
    >>> round(likeness(table, 0, 1, today=3, days=30, least=3), 12), likeness(table, 0, 1, 3, 30, 4)
    (1.0, nan)
    """
    count = 0
    a = 0.0
    b = 0.0
    aa = 0.0
    bb = 0.0
    ab = 0.0
    row, beside = dailies[one], dailies[other]
    span = len(row)
    for back in range(1, days + 1):
        place = (today - back) % span
        x = row[place]
        y = beside[place]
        if x == x and y == y:
            count += 1
            a += x
            b += y
            aa += x * x
            bb += y * y
            ab += x * y
    if count < least:
        return nan
    return ratio(count * ab - a * b, root((count * aa - a * a) * (count * bb - b * b)))
