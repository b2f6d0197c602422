"""What the columns of a file are called, as it is told on a command line."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.columns import NAMES

FIX = "write --columns time=Date,close=Last, or all in order: --columns time,open,high,low,close,volume"
OURS = {"time": "open_at", **{name: name for name in NAMES}}


class Columns(NamedTuple):
    """Columns by the name a file has for them, or all of them from left to right; neither says nothing."""

    named: Mapping[str, str] = {}
    order: tuple[str, ...] = ()


def columns_of(text: str) -> Columns:
    """Return the columns that a text names.

    >>> columns_of("time=Date, close=Last").named
    {'open_at': 'Date', 'close': 'Last'}
    >>> columns_of("time,open,close,high,low,volume").order
    ('time', 'open', 'close', 'high', 'low', 'volume')
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not any("=" in part for part in parts):
        return Columns(order=_ordered(parts))
    named: dict[str, str] = {}
    for part in parts:
        ours, equals, theirs = (each.strip() for each in part.partition("="))
        if not (equals and theirs):
            raise _refused(f"--columns: {part} does not say what the file calls it")
        if OURS.get(ours) is None:
            raise _refused(f"--columns: there is no column {ours}, known are time open high low close volume")
        if OURS[ours] in named:
            raise _refused(f"--columns: {ours} is named twice")
        named[OURS[ours]] = theirs
    return Columns(named=named)


def _ordered(parts: Sequence[str]) -> tuple[str, ...]:
    """Columns from left to right: each of ours once, whatever else under any name."""
    places = [OURS.get(part) for part in parts]
    missing = [name for name, ours in OURS.items() if name != "open_at" and ours not in places]
    if missing:
        raise _refused(f"--columns: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not named")
    twice = next((part for part, ours in zip(parts, places, strict=True) if ours and places.count(ours) > 1), None)
    if twice:
        raise _refused(f"--columns: {twice} is named twice")
    named = zip(parts, places, strict=True)
    return tuple(part if ours else f"unused {place}" for place, (part, ours) in enumerate(named, 1))


def among(theirs: str, present: Sequence[str], file: str) -> str:
    """Return the column of a file that was named, in capitals or not."""
    alike = [name for name in present if name == theirs] or [
        name for name in present if name.strip().lower() == theirs.lower()
    ]
    if len(alike) > 1:
        raise CryptoflowError(f"{file} has two columns named {theirs}", fix="keep the one that is meant")
    if not alike:
        near = get_close_matches(theirs, present, n=1)
        hint = f"did you mean {near[0]}?" if near else ""
        raise CryptoflowError(f"{file} has no column {theirs}; it has {', '.join(present)}", fix=hint)
    return alike[0]


def _refused(what: str) -> CryptoflowError:
    return CryptoflowError(what, fix=FIX, code=ExitCode.USAGE)
