"""From a table as others wrote it to columns as we know them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.arrow import numbers
from cryptoflow.market.bars import COLUMNS, Numbers, Times
from cryptoflow.market.flaws import Flaw, quoted
from cryptoflow.market.sheets import Sheet, first_of_each
from cryptoflow.market.stamps import stamps
from cryptoflow.market.written_times import is_text

NAMES = {
    "open_at": ("open_at", "ts", "time", "timestamp", "date", "datetime", "open_time", "t", "unix"),
    "open": ("open", "o", "open_price"),
    "high": ("high", "h", "high_price", "max"),
    "low": ("low", "l", "low_price", "min"),
    "close": ("close", "c", "close_price", "last"),
    "volume": ("volume", "v", "vol", "base_volume", "amount"),
}
"""What others call our columns, in capitals or not, with `-`, `.` or a space for `_`."""

NUMERIC = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_null)


NUMBER = r"^(?i)[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|nan|inf|infinity)$"
"""What of text is a number; those that are none or infinite are looked at later."""


class Told(NamedTuple):
    """What a file tells: the times of its bars, their five numbers, what it was taken for, and the rows that fail.

    A row with a flaw has 0 for a time and NaN for a number that could not be read; rows that are too short stand
    among the flaws only.
    """

    sheet: Sheet
    open_at: Times
    numbers: tuple[Numbers, ...]
    notes: tuple[str, ...]
    flaws: tuple[Flaw, ...] = ()


def recognise(present: Sequence[str], file: str, named: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what `file` calls each of our columns; of several names it has, the first in our list counts.

    `named` are those that were told and need no recognising.

    >>> recognise(["Date", "O", "H", "L", "C", "Vol"], "x.csv")["volume"]
    'Vol'
    """
    told_of = dict(named or {})
    plain = [_plain(name) for name in present]
    theirs = dict(zip(reversed(plain), reversed(present), strict=True))
    found = {ours: next((theirs[name] for name in known if name in theirs), "") for ours, known in NAMES.items()}
    found |= told_of
    missing = [ours for ours in NAMES if not found[ours]]
    if missing:
        wanted = " and ".join("time" if ours == "open_at" else ours for ours in missing)
        raise CryptoflowError(
            f"{file} has no column for {wanted}; it has {', '.join(present) or 'none'}",
            fix="names that are known: " + "; ".join(" ".join(NAMES[ours]) for ours in missing),
        )
    for ours, name in found.items():
        if ours not in told_of and plain.count(_plain(name)) > 1:
            raise CryptoflowError(f"{file} has two columns named {name}", fix="keep the one that is meant")
    return found


def told(table: Any, theirs: dict[str, str], sheet: Sheet, zone: str | None = None) -> Told:
    """Return what a pyarrow table says; text that is no number and a time that is none are flaws of their rows."""
    found = stamps(table.column(theirs["open_at"]), sheet, zone)
    columns, flaws = [], list(found.flaws)
    for ours in COLUMNS[1:]:
        column, odd = _numbers(table.column(theirs[ours]), theirs[ours], sheet)
        columns.append(column)
        flaws += odd
    notes = [f"{sheet.name}: {theirs['open_at']} read as {found.taken}"]
    others = [f"{ours} from {theirs[ours]}" for ours in COLUMNS[1:] if _plain(theirs[ours]) != ours]
    notes += [f"{sheet.name}: {', '.join(others)}"] if others else []
    return Told(sheet, found.at, tuple(columns), tuple(notes), first_of_each(flaws))


def _plain(name: str) -> str:
    return name.strip().strip("<>").lower().translate(str.maketrans("- .", "___"))


def _numbers(column: Any, name: str, sheet: Sheet) -> tuple[Numbers, list[Flaw]]:
    if column.type == pa.float64() and not column.null_count:
        return numbers(column), []
    flaws: list[Flaw] = []
    if is_text(column.type):
        column, flaws = _read(column, name, sheet)
    elif not any(is_kind(column.type) for is_kind in NUMERIC):
        raise CryptoflowError(f"{sheet.name}: column {name} holds {column.type}, not numbers")
    import pyarrow.compute as pc

    return numbers(pc.fill_null(pc.cast(column, pa.float64(), safe=False), np.nan)), flaws


def _read(column: Any, name: str, sheet: Sheet) -> tuple[Any, list[Flaw]]:
    """Numbers that stand there as text; what is missing stays missing, and what is none goes missing."""
    import pyarrow.compute as pc

    column = pc.utf8_trim_whitespace(column)
    try:
        return pc.cast(column, pa.float64()), []
    except pa.ArrowInvalid:
        good = pc.fill_null(pc.match_substring_regex(column, NUMBER), True)
    odd = np.flatnonzero(~good.to_numpy())
    flaws = [sheet.flaw(int(row), *_no_number(name, str(column[int(row)]))) for row in odd]
    return pc.cast(pc.if_else(good, column, None), pa.float64()), flaws


def _no_number(name: str, text: str) -> tuple[str, str, str]:
    """What is wrong with text that should be a number, the text itself, and what to do."""
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", text):
        return f"{name} has commas between its thousands", quoted(text), "write the number without them"
    if re.fullmatch(r"[+-]?[\d.]*,\d+", text):
        return f"{name} has a comma for its decimal point", quoted(text), "write it with a point"
    return f"{name} is no number", quoted(text), ""
