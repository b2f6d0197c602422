"""Times as others write them, in milliseconds: counts of any unit since 1970, or text that names its zone."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.arrow import numbers
from cryptoflow.market.bars import Times
from cryptoflow.market.flaws import Flaw
from cryptoflow.market.sheets import Sheet
from cryptoflow.market.times import moment
from cryptoflow.market.written_times import is_text, parsed

UNITS = (("seconds", 10**10), ("milliseconds", 10**13), ("microseconds", 10**16), ("nanoseconds", 10**19))
"""Each unit and the first count too large for it: that many seconds end in the year 2286, and what is taken for the
next unit is later than April 1970."""

TICKS = {"s": (1000, 1), "ms": (1, 1), "us": (1, 1000), "ns": (1, 1_000_000)}
"""Milliseconds in arrow's units of time, and those in a millisecond."""


class Stamps(NamedTuple):
    """A time for each row in epoch milliseconds, what they were taken for, and the rows that have none."""

    at: Times
    taken: str
    flaws: tuple[Flaw, ...]


def stamps(column: Any, sheet: Sheet, zone: str | None) -> Stamps:
    """Read a pyarrow column of times; a row without one is a flaw and has 0.

    How most rows are written is how all have to be. Text without a zone is refused unless `zone` says that UTC
    is meant.
    """
    there = np.ones(len(column), np.bool_)
    if column.null_count:
        there = column.is_valid().to_numpy()
        column = column.drop_null()
    flaws = [sheet.flaw(int(index), "there is no time") for index in np.flatnonzero(~there)]
    rows = np.flatnonzero(there)
    if is_text(column.type):
        column, rows, odd = parsed(column, rows, sheet)
        flaws += odd
    counted, taken, many, parts = _counts(column, sheet, zone)
    if not many:
        (many, parts), taken, counted, rows, odd = _united(counted, rows, sheet)
        flaws += odd
    times, whole = _milliseconds(counted, many, parts)
    flaws += [
        sheet.flaw(int(rows[row]), "a bar opens within a millisecond", moment(int(times[row])))
        for row in np.flatnonzero(~whole).tolist()
    ]
    at = np.zeros(len(there), np.int64)
    at[rows[whole]] = times[whole]
    return Stamps(at, taken, tuple(flaws))


def _counts(column: Any, sheet: Sheet, zone: str | None) -> tuple[Any, str, int, int]:
    """The numbers of a column, what they are, and their unit, 0 where only their size tells."""
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        whole = pa.int64() if pa.types.is_integer(kind) else pa.float64()
        return numbers(column if kind == whole else column.cast(whole, safe=False)), "", 0, 0
    if not (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
        raise CryptoflowError(f"{sheet.name}: the time column holds {kind}, which is no time")
    tz = kind.tz if pa.types.is_timestamp(kind) else None
    if tz is None and zone is None:
        raise CryptoflowError(
            f"{sheet.name}: times name no zone, and a wrong guess would shift every bar",
            fix="add `zone: UTC` to the source (`--zone UTC` to an import) if UTC is meant, else convert them",
        )
    if pa.types.is_date(kind):
        column = column.cast(pa.timestamp("ms"))
    return numbers(column), "moments" if tz else "moments in UTC, as told", *TICKS[column.type.unit]


def _united(count: Any, rows: Times, sheet: Sheet) -> tuple[tuple[int, int], str, Any, Times, list[Flaw]]:
    """Counts since 1970 whose size tells their unit; the others are flaws."""
    units = np.searchsorted([float(limit) for _, limit in UNITS], np.abs(count.astype(np.float64)), side="right")
    often = np.bincount(units, minlength=len(UNITS))[: len(UNITS)]
    known = units[units < len(UNITS)]
    place = int(known[np.argmax(often[known])]) if len(known) else 0
    name = UNITS[place][0]
    fits = units == place
    flaws = []
    for row in np.flatnonzero(~fits).tolist():
        if units[row] < len(UNITS):
            what = f"a time is in {UNITS[units[row]][0]}, the others in {name}"
            fix = "one file, one unit: split it where the unit changes"
        else:
            what, fix = "a time is on no calendar", ""
        flaws.append(sheet.flaw(int(rows[row]), what, f"{count[row]}", fix))
    return ((1000, 1) if place == 0 else (1, 1000 ** (place - 1))), f"{name} since 1970", count[fits], rows[fits], flaws


def _milliseconds(count: Any, many: int, parts: int) -> tuple[Times, Any]:
    """Whole milliseconds, and which of the counts are just that."""
    if parts == 1 and count.dtype == np.int64:
        return np.asarray(count * many, np.int64), np.ones(len(count), np.bool_)
    whole, rest = np.divmod(count * many, parts)
    return np.asarray(np.floor(whole), np.int64), (rest == 0) & (whole == np.floor(whole))
