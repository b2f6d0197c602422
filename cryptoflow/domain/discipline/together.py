"""How much open positions move together: closes of the last minutes in flat rings, and the mean over all pairs.

Each symbol has a row of `ROOM` closes, one per minute; the place of a minute is the same in every row. What has no
price in a minute has NaN there, and so has all that is not held. All of it compiles.
"""

from collections.abc import MutableSequence, Sequence
from math import inf, isnan, nan

from cryptoflow.domain.calendar import MINUTE
from cryptoflow.domain.numbers import log_of, ratio, root

MINUTES = 30
"""Minutes that are looked at."""

ROOM = MINUTES + 1
"""Closes that make so many changes."""

SLACK = 1e-9
"""What a sum may be off by its last bits."""

POINTS = 20
"""Minutes, of these, in which both symbols of a pair must have moved from one price to another for it to count."""


def is_watched(timeframe: int, discipline: int, symbols: int) -> bool:
    """Say whether a run's bars show how its positions move by the minute: longer ones do not.

    >>> is_watched(MINUTE, 1, 2), is_watched(5 * MINUTE, 1, 2), is_watched(MINUTE, 1, 1), is_watched(MINUTE, 0, 2)
    (True, False, False, False)
    """
    return timeframe == MINUTE and discipline == 1 and symbols > 1


def size_of(timeframe: int, discipline: int, symbols: int) -> int:
    """Return how many numbers a run keeps: the closes by symbol, and the newest minute; one where nobody looks."""
    return symbols * ROOM + 1 if is_watched(timeframe, discipline, symbols) else 1


def forget(closes: MutableSequence[float], symbol: int) -> None:
    """Forget the closes of a symbol, which is not held any more."""
    for place in range(symbol * ROOM, symbol * ROOM + ROOM):
        closes[place] = nan


def skip(closes: MutableSequence[float], symbols: int, minute: int) -> None:
    """Leave out the minutes in which nothing had a price, up to one; the last of all the numbers is the newest."""
    newest = int(closes[symbols * ROOM])
    for each in range(max(newest + 1, minute - MINUTES), minute):
        for symbol in range(symbols):
            note(closes, symbol, each, nan)


def note(closes: MutableSequence[float], symbol: int, minute: int, price: float) -> None:
    """Write down the close of a minute; `minute` counts from any beginning, and none is left out for any symbol."""
    closes[symbol * ROOM + minute % ROOM] = price


def mean_correlation(
    closes: Sequence[float], held: Sequence[int], count: int, minute: int, least: float = -inf
) -> float:
    """Return the mean correlation of all pairs of the first `count` symbols in `held`, at the end of a minute.

    NaN where no pair has points enough, or where it is less than the `least` that matters: no pair is above 1, so a few
    that fall short by more than all may together say so, and the others need no look.

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
    short = 0.0
    allowed = (1.0 - least) * (count * (count - 1) // 2) + SLACK
    for one in range(count):
        if is_known(closes, held[one], minute):
            for other in range(one + 1, count):
                if is_known(closes, held[other], minute):
                    found = correlation(closes, held[one], held[other], minute)
                    if not isnan(found):
                        total += found
                        pairs += 1
                        short += 1.0 - found
                        if short > allowed:
                            return nan
    mean = ratio(total, 1.0 * pairs)
    return mean if mean >= least else nan


def is_known(closes: Sequence[float], symbol: int, minute: int) -> bool:
    """Say whether a symbol may have moved in enough minutes: of the oldest closes one at least is there then.

    It is a cheap question, and spares most looks at what was opened just now.
    """
    known = False
    for back in range(POINTS, ROOM):
        if closes[symbol * ROOM + (minute - back) % ROOM] > 0.0:
            known = True
            break
    return known


def correlation(closes: Sequence[float], one: int, other: int, minute: int) -> float:
    """Return Pearson's correlation of two symbols' log changes by minute; NaN with too few, or without any swing."""
    points = 0
    mean_one = 0.0
    mean_other = 0.0
    swing_one = 0.0
    swing_other = 0.0
    shared = 0.0
    missing = 0
    last_one = price_of(closes, one, minute)
    last_other = price_of(closes, other, minute)
    for back in range(1, ROOM):
        before_one = price_of(closes, one, minute - back)
        before_other = price_of(closes, other, minute - back)
        change_one = last_one - before_one
        change_other = last_other - before_other
        last_one = before_one
        last_other = before_other
        if isnan(change_one) or isnan(change_other):
            missing += 1
            if missing > MINUTES - POINTS:
                return nan
            continue
        points += 1
        weight = ratio(1.0, 1.0 * points)
        away_one = change_one - mean_one
        away_other = change_other - mean_other
        mean_one += away_one * weight
        mean_other += away_other * weight
        swing_one += away_one * (change_one - mean_one)
        swing_other += away_other * (change_other - mean_other)
        shared += away_one * (change_other - mean_other)
    return ratio(shared, root(swing_one) * root(swing_other))


def price_of(closes: Sequence[float], symbol: int, minute: int) -> float:
    """Return the logarithm of a minute's close, NaN where there is none."""
    return nan if minute < 0 else log_of(closes[symbol * ROOM + minute % ROOM])
