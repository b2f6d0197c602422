"""Bars that would fill memory, kept in a file and read a few rows at a time."""

import os
import tempfile
import weakref
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from cryptoflow.market.bars import COLUMNS, Bars, Times
from cryptoflow.market.calendars import missing

Kind = TypeVar("Kind", np.int64, np.float64)

WIDTH = 8
"""Bytes of a number, whichever the column."""

ROW = WIDTH * len(COLUMNS)
"""Bytes of a bar."""

WRITTEN = 1 << 27
"""Bytes handed to the disk at once."""


class Shelf:
    """A file without a name: no path leads to it, and its room is free again when the process ends, however it does.

    It is read by `pread`: what a memory map touches would count as memory of the process.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)
        self._end = 0

    def put(self, bars: Bars) -> "Shelved":
        """Write bars at the end of the file, one column after the other, and return them as they lie there."""
        begin, rows = self._end, len(bars)
        for name in COLUMNS:
            column = getattr(bars, name).data.cast("B")
            while column:
                written = os.pwrite(self._file, column[:WRITTEN], self._end)
                column, self._end = column[written:], self._end + written
        return Shelved(bars.symbol, bars.timeframe, self, begin, rows, 0, rows, bars.notes, bars.calendar)

    def read(self, into: npt.NDArray[Any], at: int) -> None:
        """Fill an array with the bytes that begin at `at`."""
        rest = into.data.cast("B")
        while rest:
            got = os.preadv(self._file, [rest], at)
            if got == 0:
                raise EOFError("the file of bars ends before its last bar")
            rest, at = rest[got:], at + got


@dataclass(frozen=True, slots=True, eq=False)
class Shelved:
    """Rows `first` up to, not including, `last` of a symbol's bars on a shelf, to be asked like `Bars`.

    Its columns begin at byte `begin` of the file and have `rows` numbers each.
    """

    symbol: str
    timeframe: int
    shelf: Shelf
    begin: int
    rows: int
    first: int
    last: int
    notes: tuple[str, ...] = ()
    calendar: str = ""

    def __len__(self) -> int:
        return self.last - self.first

    @property
    def open_at(self) -> Times:
        """Read when each bar opens: 8 bytes a bar, so not to be kept."""
        return self._fill(np.empty(len(self), np.int64), 0, self.first)

    def between(self, start: int, end: int) -> "Shelved":
        """Return the bars that open at or after `start` and before `end`; nothing but times is read."""
        first, last = np.searchsorted(self.open_at, [start, end])
        return replace(self, first=self.first + int(first), last=self.first + int(last))

    def cut(self, first: int, last: int) -> Bars:
        """Read the bars from row `first` up to, not including, `last`, as far as there are any."""
        first, last = (min(self.first + row, self.last) for row in (first, last))
        open_at = self._fill(np.empty(last - first, np.int64), 0, first)
        numbers = (self._fill(np.empty(last - first), place, first) for place in range(1, len(COLUMNS)))
        open_, high, low, close, volume = numbers
        return Bars(self.symbol, self.timeframe, open_at, open_, high, low, close, volume, self.notes, self.calendar)

    def ends(self) -> tuple[int, int]:
        """Return when the first bar opens, and the last."""
        first, last = (int(self.cut(row, row + 1).open_at[0]) for row in (0, len(self) - 1))
        return first, last

    def gaps(self) -> int:
        """Return how many bars are missing between the first and the last, of those its market makes."""
        if self.calendar:
            return missing(self.open_at, self.timeframe, self.calendar)
        if len(self) == 0:
            return 0
        first, last = self.ends()
        return (last - first) // self.timeframe + 1 - len(self)

    def _fill(self, numbers: npt.NDArray[Kind], column: int, first: int) -> npt.NDArray[Kind]:
        if len(numbers):
            self.shelf.read(numbers, self.begin + (column * self.rows + first) * WIDTH)
        return numbers


Series = Bars | Shelved
"""A symbol's bars, in memory or on a shelf."""
