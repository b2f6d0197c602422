"""When the market gets to a price: read from bars, down to the tick in the one bar where it does."""

from typing import NamedTuple

import numpy as np

from cryptoflow.noise import Integers
from cryptoflow.venue.path import Flags
from cryptoflow.venue.tape import Tape

STRIDE = 4_096
"""Bars looked at first; each further look takes in eight times as many."""


class Level(NamedTuple):
    """A price in whole steps that the market comes `down` to, or up; `through` it, or where it only touches it too.

    An open that touches it counts too with `open_touches`. A bar with less than `least` volume does not count.
    """

    price: int
    down: bool
    through: bool = False
    open_touches: bool = True
    least: int = 0


class Reach(NamedTuple):
    """Where a tape gets to a level: the bar, the tick's moment, and whether that tick is the bar's open."""

    row: int
    at: int
    opens: bool


def beyond(prices: Integers, level: Level) -> Flags:
    """Say of each price whether it is at the level or past it.

    >>> beyond(np.array([11, 10, 9]), Level(10, down=True)).tolist()
    [False, True, True]
    >>> beyond(np.array([11, 10, 9]), Level(10, down=True, through=True)).tolist()
    [False, False, True]
    """
    if level.through:
        return prices < level.price if level.down else prices > level.price
    return prices <= level.price if level.down else prices >= level.price


def reach(tape: Tape, level: Level, since: int) -> Reach | None:
    """Return where a tape first gets to a level after a moment, None where it never does."""
    row = max(tape.row(since), 0)
    begun = since >= int(tape.open_at[row])
    if begun and _counts(tape, level, row, row + 1)[0] and (found := _inside(tape, level, row, since)):
        return found
    first, stride = row + int(begun), STRIDE
    while first < len(tape):
        rows = np.flatnonzero(_counts(tape, level, first, first + stride))
        if len(rows):
            return _inside(tape, level, first + int(rows[0]), since)
        first, stride = first + stride, stride * 8
    return None


def end_of(tape: Tape, row: int) -> int:
    """Return the last moment of a bar."""
    return int(tape.open_at[row]) + tape.frame - 1


def _counts(tape: Tape, level: Level, first: int, last: int) -> Flags:
    span = slice(first, last)
    found = beyond((tape.low if level.down else tape.high)[span], level)
    if level.open_touches:
        found = found | (tape.open[span] == level.price)
    return found & (tape.count[span] > 0) & (tape.volume[span] >= level.least)


def _inside(tape: Tape, level: Level, row: int, since: int) -> Reach | None:
    path = tape.path(row)
    there = beyond(path.price, level)
    if level.open_touches:
        there[0] |= path.price[0] == level.price
    places = np.flatnonzero(there & (path.at > since))
    return Reach(row, int(path.at[places[0]]), int(places[0]) == 0) if len(places) else None
