"""All bars of a dataset in one file that is mapped into memory: a run takes them without reading them."""

import os
import struct
from mmap import ACCESS_COPY, mmap
from pathlib import Path

import numpy as np

from cryptoflow.market.bars import COLUMNS, Bars
from cryptoflow.market.store import disk
from cryptoflow.market.store.manifest import Manifest

SUFFIX = ".bars"
HEAD = struct.Struct("<8sqq32s8x")
"""A mark, how many bars, their timeframe, the content's digest; the columns follow, eight bytes a number."""

MARK = b"CFBARS1\n"


def file_of(folder: Path, manifest: Manifest) -> Path:
    """Return the column file of what a dataset holds now."""
    return folder / f"{manifest.content}{SUFFIX}"


def size_of(manifest: Manifest) -> int:
    """Return how many bytes that file has.

    >>> from cryptoflow.market.store.manifest import Key, new
    >>> size_of(new(Key("binance", "BTC/USDT", 60_000)))
    64
    """
    return HEAD.size + 8 * len(COLUMNS) * manifest.rows


def head_of(manifest: Manifest) -> bytes:
    """Return how that file begins."""
    return HEAD.pack(MARK, manifest.rows, manifest.timeframe, bytes.fromhex(manifest.content))


def mapped(file: Path, manifest: Manifest) -> Bars | None:
    """Return the bars of a column file, or None when it is not there, or does not begin or is not as long as it must.

    Its numbers are trusted: to read them all is what it is there to save, and `verify` does it. What is written into
    them stays in this process.
    """
    try:
        opened = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # not there, or not for us to read: the segments have the same bars
        return None
    try:
        if os.fstat(opened).st_size != size_of(manifest) or os.pread(opened, HEAD.size, 0) != head_of(manifest):
            return None
        content = mmap(opened, size_of(manifest), access=ACCESS_COPY)
    finally:
        os.close(opened)
    rows = manifest.rows
    open_at = np.frombuffer(content, np.int64, rows, HEAD.size)
    begins = (HEAD.size + place * 8 * rows for place in range(1, len(COLUMNS)))
    open_, high, low, close, volume = (np.frombuffer(content, np.float64, rows, begin) for begin in begins)
    return Bars(manifest.symbol, manifest.timeframe, open_at, open_, high, low, close, volume)


def write(file: Path, manifest: Manifest, bars: Bars) -> None:
    """Write a column file; whoever writes the same one at the same time writes the same bytes."""
    disk.put(file, head_of(manifest), *(getattr(bars, name).data for name in COLUMNS))
