"""Which bars a market makes: every one of every day, or those of an exchange's sessions."""

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from cryptoflow.market.new_york import KNOWN_FROM, sessions
from cryptoflow.market.times import grid_offset

ALWAYS, NEW_YORK, UNKNOWN = "", "new_york", "unknown"
"""Calendars by name; of an unknown one nobody can say which bars are missing, nor of New York's before 1985."""


def missing(open_at: npt.NDArray[np.int64], timeframe: int, calendar: str = ALWAYS) -> int:
    """Return how many bars a market made between the first and the last of these that are not among them.

    >>> around_a_long_weekend = np.array([19_734, 19_738]) * 86_400_000
    >>> missing(around_a_long_weekend, 86_400_000), missing(around_a_long_weekend, 86_400_000, NEW_YORK)
    (3, 0)
    """
    if len(open_at) == 0 or calendar == UNKNOWN:
        return 0
    first, last = int(open_at[0]), int(open_at[-1])
    if calendar == ALWAYS:
        return (last - first) // timeframe + 1 - len(open_at)
    made = opens(max(first, KNOWN_FROM), last, timeframe)
    return int(np.isin(made, open_at, assume_unique=True, invert=True).sum())


def opens(first: int, last: int, timeframe: int) -> npt.NDArray[np.int64]:
    """Return when bars of New York's sessions open on the grid of a timeframe, from a moment to another.

    A bar is there when some of a session lies in it: the one of a day has all of it, that of 14:00 UTC half an hour.
    """
    offset = grid_offset(timeframe)
    days = (datetime.fromtimestamp(at / 1000, UTC).date() for at in (first, last + timeframe))
    cells = [
        np.arange((session.open_at - offset) // timeframe, (session.close_at - 1 - offset) // timeframe + 1)
        for session in sessions(*days)
    ]
    if not cells:
        return np.zeros(0, np.int64)
    made = np.unique(np.concatenate(cells)) * timeframe + offset
    return made[(made >= first) & (made <= last)]
