"""Bars of any length as the venue tells them: what its ticks have added up to by now."""

from typing import NamedTuple

import numpy as np

from cryptoflow.noise import Integers
from cryptoflow.venue.tape import Tape

DAY = 86_400_000
WEEK = 7 * DAY


class Kline(NamedTuple):
    """A bar in whole steps, with the numbers of its first and last tick; `last` is below `first` where it has none."""

    open_at: int
    interval: int
    open: int
    high: int
    low: int
    close: int
    volume: int
    first: int
    last: int
    closed: bool

    @property
    def turnover(self) -> int:
        """What was paid, in steps of price times quantity, taken at the middle of the bar's four prices."""
        return (self.open + self.high + self.low + self.close) * self.volume // 4


class _Rows(NamedTuple):
    """Bars of the tape as columns, the last one perhaps still being played."""

    open_at: Integers
    open: Integers
    high: Integers
    low: Integers
    close: Integers
    volume: Integers
    first: Integers
    last: Integers


def offset_of(interval: int) -> int:
    """Return how far after the epoch the bars of an interval begin: weeks open on a Monday."""
    return 4 * DAY if interval % WEEK == 0 else 0


def opening(at: int, interval: int) -> int:
    """Return when the bar that `at` lies in opens.

    >>> opening(61_000, 60_000)
    60000
    """
    offset = offset_of(interval)
    return (at - offset) // interval * interval + offset


def klines(tape: Tape, interval: int, start: int, end: int, now: int) -> list[Kline]:
    """Return the bars that open from `start` on and before `end`, as far as they have been played by `now`.

    `interval` is a whole number of the tape's own bars. Where nothing was traded there is no bar.
    """
    start, end = opening(start + interval - 1, interval), opening(end + interval - 1, interval)
    first, last = int(np.searchsorted(tape.open_at, start)), int(np.searchsorted(tape.open_at, min(end, now + 1)))
    rows = _played(tape, first, last, now)
    opens = (rows.open_at - offset_of(interval)) // interval
    heads = np.flatnonzero(np.diff(opens, prepend=opens[:1] - 1))
    if not len(heads):
        return []
    tails = np.append(heads[1:], len(opens)) - 1
    open_at = opens[heads] * interval + offset_of(interval)
    columns = (
        open_at,
        np.full_like(open_at, interval),
        rows.open[heads],
        np.maximum.reduceat(rows.high, heads),
        np.minimum.reduceat(rows.low, heads),
        rows.close[tails],
        np.add.reduceat(rows.volume, heads),
        rows.first[heads],
        rows.last[tails],
        open_at + interval <= now,
    )
    return list(map(Kline, *(column.tolist() for column in columns)))


def earliest(tape: Tape, interval: int, start: int, end: int, count: int, now: int) -> list[Kline]:
    """Return the first `count` bars that open from `start` on and before `end`, whatever is missing between them."""
    begin = opening(start + interval - 1, interval)
    begin = max(begin, opening(tape.ends()[0], interval))
    row = int(np.searchsorted(tape.open_at, begin))
    ahead = row + count * (interval // tape.frame)
    last = int(tape.open_at[ahead]) if ahead < len(tape) else tape.ends()[1]
    return klines(tape, interval, begin, min(end, opening(last, interval) + interval), now)[:count]


def latest(tape: Tape, interval: int, end: int, count: int, now: int) -> list[Kline]:
    """Return the last `count` bars that open before `end`, fewer where the tape has no more."""
    end = min(end, now + 1, tape.ends()[1])
    span = count
    while True:
        start = opening(end - 1, interval) - (span - 1) * interval
        found = klines(tape, interval, start, end, now)
        if len(found) >= count or start <= tape.ends()[0]:
            return found[-count:]
        span *= 4


def kline_at(tape: Tape, interval: int, open_at: int, now: int) -> Kline | None:
    """Return the bar that opens at `open_at`, as played by `now`."""
    found = klines(tape, interval, open_at, open_at + interval, now)
    return found[0] if found else None


def _played(tape: Tape, first: int, last: int, now: int) -> _Rows:
    """The bars `first` up to `last`; the one that `now` lies in as its ticks so far make it."""
    columns = (tape.open_at, tape.open, tape.high, tape.low, tape.close, tape.volume, tape.first, tape.last)
    rows = _Rows(*(column[first:last] for column in columns))
    if first >= last or int(tape.open_at[last - 1]) + tape.frame <= now:
        return rows
    so_far = tape.played(now)
    done = so_far - int(tape.first[last - 1]) + 1
    if done <= 0:
        return _Rows(*(column[:-1] for column in rows))
    path = tape.path(last - 1)
    price = path.price[:done]
    forming = (price[0], price.max(), price.min(), price[-1], path.quantity[:done].sum())
    ends = (tape.open_at[last - 1], *forming, tape.first[last - 1], so_far)
    return _Rows(*(np.append(column[:-1], end) for column, end in zip(rows, ends, strict=True)))
