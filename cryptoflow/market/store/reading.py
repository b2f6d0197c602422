"""Segments read back, each held against what its manifest says of it."""

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


def whole(folder: Path, manifest: Manifest) -> Bars:
    """Return all bars of a dataset, in memory of their own."""
    out: dict[str, Any] = {name: np.empty(manifest.rows, np.int64 if name == "open_at" else float) for name in COLUMNS}
    begins = np.cumsum([0, *(segment.rows for segment in manifest.segments)]).tolist()

    def fill(place: int) -> None:
        bars = read(folder, manifest.key, manifest.segments[place])
        for name in COLUMNS:
            out[name][begins[place] : begins[place + 1]] = getattr(bars, name)

    with ThreadPoolExecutor(READERS) as readers:
        for _ in readers.map(fill, range(len(manifest.segments))):
            pass
    return Bars(manifest.symbol, manifest.timeframe, **out)
