"""What people call a file and its rows when they look into it."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from cryptoflow.market.bars import Times
from cryptoflow.market.flaws import Flaw


class Sheet(NamedTuple):
    """A file of rows: its name, what a row is called, and the number of the first one, or of each."""

    name: str
    word: str = "row"
    first: int = 1
    each: Times | None = None

    def numbers(self, rows: Times) -> Times:
        """Return the numbers in the file of rows counted from 0.

        >>> Sheet("btc.csv", "line", first=2).numbers(np.array([0, 7])).tolist()
        [2, 9]
        """
        return np.asarray(rows + self.first if self.each is None else self.each[rows], np.int64)

    def flaw(self, index: int, what: str, text: str = "", fix: str = "") -> Flaw:
        """Return what is wrong with the row at `index` (from 0)."""
        return Flaw(index + self.first if self.each is None else int(self.each[index]), what, text, fix)


def first_of_each(flaws: Iterable[Flaw]) -> tuple[Flaw, ...]:
    """Return the first flaw that was found in each row, in the order of rows."""
    found: dict[int, Flaw] = {}
    for flaw in flaws:
        found.setdefault(flaw.row, flaw)
    return tuple(found[row] for row in sorted(found))
