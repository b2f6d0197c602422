"""Times as others write them, in milliseconds: counts of any unit since 1970, or text that names its zone."""

from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.arrow import numbers
from cryptoflow.market.bars import Times
from cryptoflow.market.sheets import Sheet
from cryptoflow.market.times import moment

UNITS = (("seconds", 10**11), ("milliseconds", 10**14), ("microseconds", 10**17), ("nanoseconds", 10**20))
"""Each unit and the first count too large for it: that many seconds end in the year 5138."""

TICKS = {"s": (1000, 1), "ms": (1, 1), "us": (1, 1000), "ns": (1, 1_000_000)}
"""Milliseconds in arrow's units of time, and those in a millisecond."""


def stamps(column: Any, sheet: Sheet, zone: str | None) -> tuple[Times, str]:
    """Return a pyarrow column of times as epoch milliseconds, and what it was taken for.

    Text without a zone is refused unless `zone` says that UTC is meant.
    """
    if column.null_count:
        raise sheet.refusal(column.is_null().to_pylist().index(True), "there is no time")
    if is_text(column.type):
        column = _parsed(column, sheet)
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        whole = pa.int64() if pa.types.is_integer(kind) else pa.float64()
        return _counted(numbers(column if kind == whole else column.cast(whole, safe=False)), sheet)
    if not (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
        raise CryptoflowError(f"{sheet.name}: the time column holds {kind}, which is no time")
    tz = kind.tz if pa.types.is_timestamp(kind) else None
    if tz is None and zone is None:
        raise CryptoflowError(
            f"{sheet.name}: times name no zone, and a wrong guess would shift every bar",
            fix="add `zone: UTC` to the source if UTC is meant, else convert them",
        )
    if tz is None and pa.types.is_date(kind):
        column = column.cast(pa.timestamp("ms"))
    many, parts = TICKS[column.type.unit]
    return _whole(numbers(column) * many, parts, sheet), "moments" if tz else "moments in UTC, as the spec says"


def is_text(kind: Any) -> bool:
    """Say whether a column of this type holds text."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _parsed(column: Any, sheet: Sheet) -> Any:
    """Text as the strictest of the types that all of it fits."""
    import pyarrow.compute as pc

    column = pc.replace_substring_regex(pc.utf8_trim_whitespace(column), " ?UTC$", "Z")
    for kind in (pa.int64(), pa.float64(), pa.timestamp("ns", "UTC"), pa.timestamp("ns")):
        try:
            return pc.cast(column, kind)
        except pa.ArrowInvalid:
            continue
    raise _accusation(column.to_pylist(), sheet)


def _accusation(texts: list[str], sheet: Sheet) -> CryptoflowError:
    """Name the first row whose time is none, or names a zone where the first does not."""
    zoned = None
    for index, text in enumerate(texts):
        try:
            here = datetime.fromisoformat(text).tzinfo is not None
        except ValueError:
            what = f"{text!r} is no time" if index == 0 else f"{text!r} is no time like {texts[0]!r}"
            return sheet.refusal(index, what, fix="write it like 2023-01-01T16:00:00Z")
        if zoned is not None and here != zoned:
            return sheet.refusal(index, f"{text!r} names {'a' if here else 'no'} zone, unlike the rows above")
        zoned = here
    return CryptoflowError(f"{sheet.name}: times are written in more than one way", fix="write them all alike")


def _counted(count: Any, sheet: Sheet) -> tuple[Times, str]:
    """Counts since 1970, whose size tells their unit."""
    limits = [float(limit) for _, limit in UNITS]
    size = np.abs(count.astype(np.float64))
    place = int(np.searchsorted(limits, size[:1].sum(), side="right"))
    least, limit = (0.0, *limits, np.inf)[place : place + 2]
    odd = np.flatnonzero(~((size >= least) & (size < min(limit, limits[-1]))))
    if len(odd):
        index = int(odd[0])
        unit = int(np.searchsorted(limits, size[index], side="right"))
        what = UNITS[unit][0] if unit < len(UNITS) else "no time"
        raise sheet.refusal(index, f"{count[index]} would be {what}, unlike the rows above")
    scaled = count * 1000 if place == 0 else count
    return _whole(scaled, 1000 ** max(0, place - 1), sheet), f"{UNITS[place][0]} since 1970"


def _whole(count: Any, unit: int, sheet: Sheet) -> Times:
    """Whole milliseconds; a time between two of them is refused rather than rounded."""
    if unit == 1 and count.dtype == np.int64:
        return np.asarray(count, np.int64)
    whole, rest = np.divmod(count, unit)
    uneven = np.flatnonzero((rest != 0) | (whole != np.floor(whole)))
    if len(uneven):
        index = int(uneven[0])
        raise sheet.refusal(index, f"a bar opens within the millisecond after {moment(int(whole[index]))}")
    return np.asarray(whole, np.int64)
