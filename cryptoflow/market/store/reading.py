"""Segments read back, each held against what its manifest says of it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.bars import COLUMNS, Bars
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.manifest import Manifest, Segment
from cryptoflow.market.store.segments import digest_of, unpacked

READERS = 4
"""Files read side by side: reading, unpacking and hashing let other threads work."""


class Gone(CryptoflowError):
    """A file that a manifest names is not there, or not any more."""


def read(folder: Path, key: Key, segment: Segment) -> Bars:
    """Return the bars of a segment; `Gone` when it is not there, another error when it does not hold them."""
    file = folder / segment.file
    try:
        content = file.read_bytes()
    except FileNotFoundError as error:
        raise gone(file, segment) from error
    try:
        bars = unpacked(content, key)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise damaged(file, segment, f"it cannot be read: {reason}") from error
    if digest_of(bars) != segment.columns:
        raise damaged(file, segment, "its bars are not those that were added")
    return bars


def damaged(file: Path, segment: Segment, what: str) -> CryptoflowError:
    """Return the error that names a file that does not hold what it should, and what is lost with it."""
    return CryptoflowError(
        f"{file}: {what} ({segment.rows:,} bars, {segment.stretch})",
        fix="put the file back from a backup, or remove the dataset with `cryptoflow data prune` and fetch it again",
    )


def gone(file: Path, segment: Segment) -> Gone:
    """Return the error that names a file that is not there."""
    return Gone(damaged(file, segment, "it is not there").problems)


def whole(folder: Path, manifest: Manifest, segments: Sequence[Segment] | None = None) -> Bars:
    """Return all bars of a dataset, or those of some segments, in memory of their own."""
    segments = manifest.segments if segments is None else segments
    begins = np.cumsum([0, *(segment.rows for segment in segments)]).tolist()
    out: dict[str, Any] = {name: np.empty(begins[-1], np.int64 if name == "open_at" else float) for name in COLUMNS}

    def fill(place: int) -> None:
        bars = read(folder, manifest.key, segments[place])
        for name in COLUMNS:
            out[name][begins[place] : begins[place + 1]] = getattr(bars, name)

    with ThreadPoolExecutor(READERS) as readers:
        for _ in readers.map(fill, range(len(segments))):
            pass
    return Bars(manifest.symbol, manifest.timeframe, **out)


def part(folder: Path, manifest: Manifest, start: int, end: int) -> Bars:
    """Return the bars that open within a span, from the segments that have some."""
    concerned = [each for each in manifest.segments if each.first < end and each.last >= start]
    return whole(folder, manifest, concerned).between(start, end)


def last(folder: Path, manifest: Manifest, count: int) -> Bars:
    """Return so many of the last bars, from the segments that have them."""
    begin, rows = len(manifest.segments), 0
    while begin and rows < count:
        begin -= 1
        rows += manifest.segments[begin].rows
    return whole(folder, manifest, manifest.segments[begin:]).cut(max(0, rows - count), rows)
