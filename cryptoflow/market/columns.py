"""From a table as others wrote it to columns as we know them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.arrow import numbers
from cryptoflow.market.bars import COLUMNS, Numbers, Times
from cryptoflow.market.sheets import Sheet
from cryptoflow.market.stamps import is_text, stamps

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


class Told(NamedTuple):
    """What a file tells: the times of its bars, their five numbers, and what the times were taken for."""

    sheet: Sheet
    open_at: Times
    numbers: tuple[Numbers, ...]
    note: str


def recognise(present: Sequence[str], file: str) -> dict[str, str]:
    """Return what `file` calls each of our columns; of several names it has, the first in our list counts.

    >>> recognise(["Date", "O", "H", "L", "C", "Vol"], "x.csv")["volume"]
    'Vol'
    """
    theirs = {_plain(name): name for name in reversed(present)}
    found = {ours: next((theirs[name] for name in known if name in theirs), "") for ours, known in NAMES.items()}
    missing = [ours for ours in NAMES if not found[ours]]
    if missing:
        wanted = " and ".join("time" if ours == "open_at" else ours for ours in missing)
        raise CryptoflowError(
            f"{file} has no column for {wanted}; it has {', '.join(present) or 'none'}",
            fix="names that are known: " + "; ".join(" ".join(NAMES[ours]) for ours in missing),
        )
    return found


def told(table: Any, theirs: dict[str, str], sheet: Sheet, zone: str | None = None) -> Told:
    """Return what a pyarrow table says; text that is no number and a time that is none name their rows."""
    open_at, taken = stamps(table.column(theirs["open_at"]), sheet, zone)
    columns = tuple(_numbers(table.column(theirs[ours]), theirs[ours], sheet) for ours in COLUMNS[1:])
    return Told(sheet, open_at, columns, f"{sheet.name}: {theirs['open_at']} read as {taken}")


def _plain(name: str) -> str:
    return name.strip().strip("<>").lower().translate(str.maketrans("- .", "___"))


def _numbers(column: Any, name: str, sheet: Sheet) -> Numbers:
    if column.type == pa.float64() and not column.null_count:
        return numbers(column)
    if is_text(column.type):
        column = _read(column, name, sheet)
    elif not any(is_kind(column.type) for is_kind in NUMERIC):
        raise CryptoflowError(f"{sheet.name}: column {name} holds {column.type}, not numbers")
    import pyarrow.compute as pc

    return numbers(pc.fill_null(pc.cast(column, pa.float64(), safe=False), np.nan))


def _read(column: Any, name: str, sheet: Sheet) -> Any:
    """Numbers that stand there as text; what is missing stays missing."""
    import pyarrow.compute as pc

    column = pc.utf8_trim_whitespace(column)
    try:
        return pc.cast(column, pa.float64())
    except pa.ArrowInvalid:
        for index, text in enumerate(column.to_pylist()):
            if text is not None and not _is_number(text):
                raise sheet.refusal(index, f"{name} is {text!r}, which is no number") from None
        raise CryptoflowError(f"{sheet.name}: column {name} holds text that is no number") from None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
