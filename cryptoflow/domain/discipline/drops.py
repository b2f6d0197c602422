"""The flash drop guard: how far a price is below the highest of the last 60 s, in a few steps per tick.

A symbol keeps the highs of its last seconds in a ring of falling highs: a high that a later one has overtaken can
never be the highest again, so it is dropped at once, and what is left stands in order. Each second enters and leaves
once, so a tick costs the same however many there are. A high is forgotten up to a second late, never early.
"""

from collections.abc import MutableSequence
from dataclasses import dataclass
from math import nan

from cryptoflow.domain.calendar import LONG_AGO, MINUTE
from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import Bar

SECONDS = 60
ROOM = 64
"""Places of a symbol's ring: more than there can be seconds in it."""

DROP = 0.1
"""The share of the highest price that is gone when entries are taken back."""

PAUSE = 5 * MINUTE
"""Milliseconds in which nothing is entered after that."""


FINE = MINUTE
"""The longest bar that shows a drop, in milliseconds: of a longer one nobody knows how fast it fell."""


@dataclass(slots=True)
class Drop:
    """Where a symbol's ring begins and how many highs are in it; nothing is entered before `paused_until`."""

    first: int = 0
    count: int = 0
    paused_until: int = LONG_AGO


def fallen(
    drop: Drop, highs: MutableSequence[float], seconds: MutableSequence[int], row: int, at: int, price: float
) -> float:
    """Take a tick, and return which share of the highest price of the last 60 s is gone.

    `highs` and `seconds` are flat, `ROOM` places for each symbol; `row` is the symbol's. `at` is in milliseconds; a
    tick that comes late counts in the newest second.

    >>> drop, highs, seconds = Drop(), [0.0] * ROOM, [0] * ROOM
    >>> ticks = (0, 90.0), (500, 100.0), (60_999, 95.0)
    >>> [round(fallen(drop, highs, seconds, 0, at, price), 6) for at, price in ticks]
    [0.0, 0.0, 0.05]
    >>> fallen(drop, highs, seconds, 0, 61_000, 95.0)
    0.0
    """
    base = row * ROOM
    second = at // 1000
    if drop.count > 0:
        newest = seconds[base + (drop.first + drop.count - 1) % ROOM]
        if newest > second:
            second = newest
    while drop.count > 0 and seconds[base + drop.first] < second - SECONDS:
        drop.first = (drop.first + 1) % ROOM
        drop.count -= 1
    while drop.count > 0 and highs[base + (drop.first + drop.count - 1) % ROOM] <= price:
        drop.count -= 1
    last = base + (drop.first + drop.count - 1) % ROOM
    if drop.count == 0 or seconds[last] != second:
        place = base + (drop.first + drop.count) % ROOM
        highs[place] = price
        seconds[place] = second
        drop.count += 1
    highest = highs[base + drop.first]
    return ratio(highest - price, highest)


def dropped(bar: Bar, share: float, before: float = nan) -> bool:
    """Say whether a bar shows such a drop, as far as one is fine enough: from its open, as nobody knows its path.

    It falls from the close `before` where that is higher, which is NaN where it is more than a minute away.

    >>> bar = Bar(open=100.0, low=90.0)
    >>> dropped(bar, 0.1), dropped(bar, 0.1001), dropped(Bar(open=100.0, low=90.0, length=3_600_000), 0.1)
    (True, False, False)
    >>> gap = Bar(open=89.0, low=89.0)
    >>> dropped(gap, 0.1), dropped(gap, 0.1, before=100.0)
    (False, True)
    """
    top = before if before > bar.open else bar.open
    return top - bar.low >= share * top and bar.length <= FINE


def is_fine(timeframe: int, detail: int, pause: int) -> bool:
    """Say whether bars that decide, and those inside them, show every drop that matters when they close.

    >>> minute, hour = 60_000, 3_600_000
    >>> is_fine(minute, minute, PAUSE), is_fine(hour, minute, PAUSE), is_fine(hour, hour, PAUSE)
    (True, True, False)
    """
    return detail <= FINE and (timeframe == detail or timeframe >= pause)


def guarded(drop: Drop, share: float, at: int) -> int:
    """Return 1 where entries have to be taken back now, and begin the pause; 0 where not, or where they are already.

    Each further tick so low lets the pause begin anew.

    >>> drop = Drop()
    >>> guarded(drop, 0.0999, 1_000), guarded(drop, 0.1, 2_000), guarded(drop, 0.1, 3_000), drop.paused_until
    (0, 1, 0, 303000)
    """
    if not share >= DROP:
        return 0
    was_paused = at < drop.paused_until
    drop.paused_until = at + PAUSE
    return 0 if was_paused else 1


def paused(drop: Drop, at: int) -> int:
    """Return 1 while nothing may be entered.

    >>> [paused(Drop(paused_until=300_000), at) for at in (299_999, 300_000)]
    [1, 0]
    """
    return 1 if at < drop.paused_until else 0
