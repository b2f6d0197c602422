"""Which rows stand where they should: each time once, one after the other."""

from bisect import bisect_left
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from cryptoflow.market.bars import Numbers, Times

Rows = npt.NDArray[np.intp]


def runs_backwards(open_at: Times) -> bool:
    """Say whether most rows are older than the one above them, as in files with the newest on top.

    >>> runs_backwards(np.array([3, 2, 1])), runs_backwards(np.array([1, 3, 2, 4]))
    (True, False)
    """
    steps = np.diff(open_at)
    return bool((steps < 0).sum() > (steps > 0).sum())


def contradicting(open_at: Times, columns: Iterable[Numbers]) -> tuple[Rows, Rows]:
    """Return the rows that say otherwise about a time than another one, and which one: none is better than the other.

    >>> at, price = np.array([1, 2, 2, 3, 3]), np.array([5.0, 6.0, 6.0, 7.0, 8.0])
    >>> [rows.tolist() for rows in contradicting(at, [price])]
    [[3, 4], [4, 3]]
    """
    order = np.argsort(open_at, kind="stable")
    begins = np.flatnonzero(np.diff(open_at[order], prepend=-1))
    group = np.repeat(np.arange(len(begins)), np.diff(begins, append=len(order)))
    first = order[begins][group]
    differs = np.zeros(len(order), np.bool_)
    for column in columns:
        differs |= column[order] != column[first]
    # Of each time that is torn the first row contradicts one that differs from it, and all others the first.
    torn = np.zeros(len(begins), np.bool_)
    torn[group[differs]] = True
    other = np.zeros(len(begins), np.intp)
    other[group[differs]] = order[differs]
    rows = torn[group]
    against = np.where(order == first, other[group], first)
    return order[rows], against[rows]


def misplaced(open_at: Times) -> Rows:
    """Return the fewest rows without which the others are in the order of time, each at a time of its own.

    >>> misplaced(np.array([1, 9, 2, 3, 4])).tolist()
    [1]
    """
    if len(open_at) < 2 or (np.diff(open_at) > 0).all():
        return np.empty(0, np.intp)
    ends: list[int] = []  # the smallest time with which a rising sequence of each length can end
    last: list[int] = []  # and the row it stands in
    before = np.full(len(open_at), -1)
    for row, at in enumerate(open_at.tolist()):
        length = bisect_left(ends, at)
        before[row] = last[length - 1] if length else -1
        if length == len(ends):
            ends.append(at)
            last.append(row)
        else:
            ends[length], last[length] = at, row
    kept = np.zeros(len(open_at), np.bool_)
    row = last[-1]
    while row >= 0:
        kept[row] = True
        row = int(before[row])
    return np.flatnonzero(~kept)
