"""How much open positions move together: closes of the last minutes in flat rings, and the mean over all pairs.

Each symbol has a row of `ROOM` closes, one per minute; the place of a minute is the same in every row. What has no
price in a minute has NaN there. All of it compiles; one look costs a pass over half an hour for each pair held.
"""

from collections.abc import MutableSequence, Sequence
from math import isnan, nan

from cryptoflow.domain.numbers import log_of, ratio, root

MINUTES = 30
"""Minutes that are looked at."""

ROOM = MINUTES + 1
"""Closes that make so many changes."""

POINTS = 20
"""Minutes, of these, in which both symbols of a pair must have moved from one price to another for it to count."""


def note(closes: MutableSequence[float], symbol: int, minute: int, price: float) -> None:
    """Write down the close of a minute; `minute` counts from any beginning, and none is left out for any symbol."""
    closes[symbol * ROOM + minute % ROOM] = price


def mean_correlation(closes: Sequence[float], held: Sequence[int], count: int, minute: int) -> float:
    """Return the mean correlation of all pairs of the first `count` symbols in `held`, at the end of a minute.

    NaN where no pair has points enough.

    >>> closes = [nan] * (2 * ROOM)
    >>> for minute in range(ROOM):
    ...     note(closes, 0, minute, 100.0 + minute % 3)
    ...     note(closes, 1, minute, 200.0 + 2 * (minute % 3))
    >>> round(mean_correlation(closes, [0, 1], 2, ROOM - 1), 9)
    1.0
    >>> mean_correlation(closes, [0], 1, ROOM - 1)
    nan
    """
    total = 0.0
    pairs = 0
    for one in range(count):
        for other in range(one + 1, count):
            found = correlation(closes, held[one], held[other], minute)
            if not isnan(found):
                total += found
                pairs += 1
    return ratio(total, 1.0 * pairs)


def correlation(closes: Sequence[float], one: int, other: int, minute: int) -> float:
    """Return Pearson's correlation of two symbols' log changes by minute; NaN with too few, or without any swing."""
    points = 0
    mean_one = 0.0
    mean_other = 0.0
    swing_one = 0.0
    swing_other = 0.0
    shared = 0.0
    for back in range(MINUTES):
        change_one = change(closes, one, minute - back)
        change_other = change(closes, other, minute - back)
        if isnan(change_one) or isnan(change_other):
            continue
        points += 1
        away_one = change_one - mean_one
        away_other = change_other - mean_other
        mean_one += ratio(away_one, 1.0 * points)
        mean_other += ratio(away_other, 1.0 * points)
        swing_one += away_one * (change_one - mean_one)
        swing_other += away_other * (change_other - mean_other)
        shared += away_one * (change_other - mean_other)
    if points < POINTS:
        return nan
    return ratio(shared, root(swing_one) * root(swing_other))


def change(closes: Sequence[float], symbol: int, minute: int) -> float:
    """Return the log change over a minute, NaN where a price is missing."""
    if minute < 1:
        return nan
    row = symbol * ROOM
    return log_of(closes[row + minute % ROOM]) - log_of(closes[row + (minute - 1) % ROOM])
