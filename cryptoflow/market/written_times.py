"""Times that stand as text, and the rows in which they stand differently from most."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.bars import Times
from cryptoflow.market.flaws import Flaw, quoted
from cryptoflow.market.sheets import Sheet

KINDS = (pa.int64(), pa.float64(), pa.timestamp("ns", "UTC"), pa.timestamp("ns"))
"""What text of times may mean, the strictest first."""

MOMENT = r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?)?"
FORMS = (
    (r"^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$", KINDS[:2]),
    (MOMENT + r" ?(Z|[+-]\d\d(:?\d\d)?)$", KINDS[2:3]),
    (MOMENT + "$", KINDS[3:]),
)
"""How times are written: as counts, with a zone, without one."""


def is_text(kind: Any) -> bool:
    """Say whether a column of this type holds text."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def parsed(column: Any, rows: Times, sheet: Sheet) -> tuple[Any, Times, list[Flaw]]:
    """Return text as counts or moments, the rows they stand in, and a flaw for each row that is written otherwise."""
    import pyarrow.compute as pc

    column = pc.replace_substring_regex(pc.utf8_trim_whitespace(column), " ?UTC$", "Z")
    found = _cast(column, KINDS)
    if found is not None:
        return found, rows, []
    forms = np.full(len(column), len(FORMS))
    for form, (pattern, _) in enumerate(FORMS):
        forms[pc.match_substring_regex(column, pattern).to_numpy()] = form
    known = forms[forms < len(FORMS)]
    if not len(known):
        example = quoted(str(column[0]))
        raise CryptoflowError(f"{sheet.name}: {example} is no time", fix="write it like 2023-01-01T16:00:00Z")
    form = int(known[np.argmax(np.bincount(known)[known])])
    alike = np.flatnonzero(forms == form)
    found, good = _castable(column.take(pa.array(alike)), FORMS[form][1])
    like = quoted(str(column[int(alike[0])]))
    flaws = [
        sheet.flaw(int(rows[row]), _unlike(int(forms[row]), form, like), quoted(str(column[row])))
        for row in np.flatnonzero(forms != form).tolist()
    ]
    flaws += [
        sheet.flaw(int(rows[row]), "a time is on no calendar", quoted(str(column[row])))
        for row in alike[~good].tolist()
    ]
    return found, rows[alike[good]], flaws


def _unlike(form: int, most: int, like: str) -> str:
    if 0 < form < len(FORMS) and most > 0:
        return f"a time names {'a' if form == 1 else 'no'} zone, unlike the others"
    return f"a time is not written like {like}"


def _cast(column: Any, kinds: tuple[Any, ...]) -> Any:
    """The column as the first of the types that all of it fits, else None."""
    import pyarrow.compute as pc

    for kind in kinds:
        try:
            return pc.cast(column, kind)
        except pa.ArrowInvalid:
            continue
    return None


def _castable(column: Any, kinds: tuple[Any, ...]) -> tuple[Any, Any]:
    """As much of a column as fits one of the types, and which rows those are; halves tell where the others stand."""
    good = np.ones(len(column), np.bool_)
    for row in _misfits(column, kinds, 0):
        good[row] = False
    kept = column.filter(pa.array(good))
    return _cast(kept, kinds), good


def _misfits(column: Any, kinds: tuple[Any, ...], at: int) -> Iterator[int]:
    if _cast(column, kinds) is not None:
        return
    if len(column) == 1:
        yield at
        return
    half = len(column) // 2
    yield from _misfits(column.slice(0, half), kinds, at)
    yield from _misfits(column.slice(half), kinds, at + half)
