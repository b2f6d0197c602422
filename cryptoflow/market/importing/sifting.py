"""Which rows of a file can be bars, and what is wrong with the others."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.bars import COLUMNS, Bars, Times
from cryptoflow.market.checks import check, impossible, off_grid
from cryptoflow.market.columns import Told
from cryptoflow.market.flaws import Flaw
from cryptoflow.market.importing.sequence import contradicting, misplaced, runs_backwards
from cryptoflow.market.sheets import Sheet
from cryptoflow.market.times import timeframe_name

Flags = npt.NDArray[np.bool_]


class Sifted(NamedTuple):
    """The bars of a file that can be true, every row that cannot, and how many rows repeated another."""

    sheet: Sheet
    bars: Bars
    flaws: tuple[Flaw, ...]
    repeated: int

    @property
    def rows(self) -> int:
        """Return how many rows the file has."""
        return len(self.bars) + len(self.flaws) + self.repeated


class _Sieve:
    """Rows, of which those that fail are taken out one reason after the other."""

    def __init__(self, told: Told, bars: Bars) -> None:
        self.sheet, self.bars = told.sheet, bars
        self.numbers = told.sheet.numbers(np.arange(len(bars)))
        self.good = ~np.isin(self.numbers, [flaw.row for flaw in told.flaws])
        at = dict(zip(self.numbers[~self.good].tolist(), bars.open_at[~self.good].tolist(), strict=True))
        self.flaws = [flaw._replace(at=at.get(flaw.row) or None) for flaw in told.flaws]

    def out(self, flags: Flags, what: str, fix: str = "", texts: Any = None) -> None:
        """Take out the rows so flagged, which are as `what` says."""
        for row in np.flatnonzero(self.good & flags).tolist():
            text = texts[row] if texts else ""
            self.flaws.append(Flaw(int(self.numbers[row]), what, text, fix, int(self.bars.open_at[row])))
        self.good &= ~flags

    def left(self) -> npt.NDArray[np.intp]:
        """Return the rows that are still there."""
        return np.flatnonzero(self.good)

    def flags(self, rows: Any) -> Flags:
        """Return flags for these rows."""
        flags = np.zeros(len(self.bars), np.bool_)
        flags[rows] = True
        return flags


def sift(told: Told, symbol: str, timeframe: int, now: int) -> Sifted:
    """Return the rows of a file as bars, apart from those that cannot be: nothing is mended, all is told.

    `now` is when the file is read: what opens later, or is not over by then, cannot be known. A file with the newest
    row on top is turned round. A timeframe that the times contradict is refused.
    """
    every = _bars(told, symbol, timeframe)
    sieve = _Sieve(told, every)
    for what, _, flags in impossible(every):  # what to do about bad rows is said once, of all of them
        sieve.out(flags, what)
    _refuse_another(told, timeframe, every.open_at[sieve.good])
    what, fix, flags = off_grid(every)
    sieve.out(flags, what, fix)
    sieve.out(every.open_at >= now, "a bar opens in the future")
    sieve.out(every.open_at + timeframe > now, "a bar is not over yet", "leave it out, and fetch it when it is")
    _refuse_contradictions(sieve)
    rows, notes = sieve.left(), told.notes
    if runs_backwards(every.open_at[rows]):
        rows = rows[::-1]
        notes = (*notes, f"{told.sheet.name}: the newest row is on top; turned round")
    wrong = rows[misplaced(every.open_at[rows])]
    rows = rows[np.isin(rows, wrong, invert=True)]
    again = wrong[np.isin(every.open_at[wrong], every.open_at[rows])]
    sieve.good[again] = False
    sieve.out(sieve.flags(wrong), "a bar stands out of the order of time", "sort the rows by time")
    bars = replace(_bars(told, symbol, timeframe, rows), notes=notes)
    if len(bars):
        check(bars, told.sheet.name)
    return Sifted(told.sheet, bars, tuple(sorted(sieve.flaws)), len(again))


def _bars(told: Told, symbol: str, timeframe: int, rows: Any = slice(None)) -> Bars:
    """Rows of a file as bars, whether they can be true or not."""
    every: Any = zip(COLUMNS, (told.open_at, *told.numbers), strict=True)
    columns = {name: column[rows] for name, column in every}
    return Bars(symbol, timeframe, notes=told.notes, **columns)


def usual_step(told: Told) -> int:
    """Return how far apart most bars of a file open, 0 where that cannot be seen."""
    steps = np.diff(np.unique(told.open_at[told.open_at != 0]))
    return int(np.median(steps)) if len(steps) else 0


def _refuse_contradictions(sieve: _Sieve) -> None:
    rows, bars = sieve.left(), sieve.bars
    numbers = (column[rows] for column in (bars.open, bars.high, bars.low, bars.close, bars.volume))
    torn, others = contradicting(bars.open_at[rows], numbers)
    word = sieve.sheet.word
    texts = {int(rows[one]): f"see {word} {sieve.numbers[rows[two]]}" for one, two in zip(torn, others, strict=True)}
    sieve.out(sieve.flags(rows[torn]), "two rows contradict each other", "keep the one that is true", texts)


def _refuse_another(told: Told, timeframe: int, open_at: Times) -> None:
    """Bars that are all further apart than the timeframe are of a longer one, bars mostly nearer of a shorter."""
    steps = np.diff(np.unique(open_at))
    step = int(np.median(steps)) if len(steps) else timeframe
    if step >= timeframe:
        step = max(timeframe, int(steps.min(initial=step)))
    if step != timeframe:
        found, said = timeframe_name(step), timeframe_name(timeframe)
        raise CryptoflowError(
            f"{told.sheet.name} holds bars of {found}, not of {said}",
            fix=f"--timeframe {found}, if that is what it should hold",
        )
