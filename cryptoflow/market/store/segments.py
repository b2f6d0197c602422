"""Bars as the bytes of a Parquet file, which are the same for the same bars, and back."""

from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from cryptoflow.market.arrow import numbers
from cryptoflow.market.bars import COLUMNS, Bars
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.manifest import Segment
from cryptoflow.market.store.spans import Span, outside, written
from cryptoflow.market.times import HOUR, MINUTE

NAMED = 16
"""Digits of a file's digest that stand in its name."""

TIMES = pa.timestamp("ms", "UTC")
KIND = pa.schema([pa.field(name, TIMES if name == "open_at" else pa.float64(), nullable=False) for name in COLUMNS])

ENCODINGS = {name: "DELTA_BINARY_PACKED" if name == "open_at" else "BYTE_STREAM_SPLIT" for name in COLUMNS}
"""Times on a grid shrink to nothing, and numbers that are near each other shrink by their leading bytes."""


def pieces(bars: Bars) -> Iterator[tuple[str, Bars]]:
    """Cut bars where the calendar does: years of hours, months of minutes, days of what is shorter.

    >>> day = 86_400_000 * np.arange(364, 367)
    >>> [(stretch, len(piece)) for stretch, piece in pieces(Bars("X", 86_400_000, day, *np.ones((5, 3))))]
    [('1970', 1), ('1971', 2)]
    """
    unit = "Y" if bars.timeframe >= HOUR else "M" if bars.timeframe >= MINUTE else "D"
    stretches, first = np.unique(bars.open_at.astype("datetime64[ms]").astype(f"datetime64[{unit}]"), return_index=True)
    for stretch, begin, end in zip(stretches, first, np.append(first, len(bars))[1:], strict=True):
        yield str(stretch), bars.cut(int(begin), int(end))


def table(bars: Bars) -> pa.Table:
    """Return bars as a pyarrow table that shares their memory; times name their zone."""
    # `pa.array` would import pandas, to ask whether the array is one of its.
    buffers = ((field.type, pa.py_buffer(getattr(bars, field.name))) for field in KIND)
    columns = [pa.Array.from_buffers(kind, len(bars), [None, buffer]) for kind, buffer in buffers]
    return pa.Table.from_arrays(columns, schema=KIND)


def packed(bars: Bars) -> bytes:
    """Return the Parquet file of some bars."""
    file = BytesIO()
    parquet.write_table(
        table(bars),
        file,
        row_group_size=max(1, len(bars)),
        compression="zstd",
        compression_level=1,
        use_dictionary=False,
        column_encoding=ENCODINGS,
    )
    return file.getvalue()


def unpacked(content: bytes, key: Key) -> Bars:
    """Return the bars of a Parquet file that `packed` made; ValueError or ArrowException when they are not there."""
    with parquet.ParquetFile(pa.BufferReader(content)) as file:
        table = file.read(use_threads=False)
    if table.schema.names != list(COLUMNS):
        raise ValueError(f"its columns are {', '.join(table.schema.names)}")
    open_at, open_, high, low, close, volume = (numbers(table.column(name)) for name in COLUMNS)
    return Bars(key.symbol, key.timeframe, open_at, open_, high, low, close, volume)


def described(stretch: str, bars: Bars, content: bytes) -> Segment:
    """Return what a manifest says of bars and of the file they are in."""
    digest = sha256(content).hexdigest()
    first, last = bars.ends()
    return Segment(
        stretch=stretch,
        file=f"{stretch}-{digest[:NAMED]}.parquet",
        rows=len(bars),
        first=first,
        last=last,
        size=len(content),
        bytes=digest,
        columns=digest_of(bars),
        gaps=written(gaps_of(bars), first, bars.timeframe),
    )


def digest_of(bars: Bars) -> str:
    """Return the SHA-256 of the numbers, column by column."""
    digest = sha256()
    for name in COLUMNS:
        column = getattr(bars, name)
        digest.update(np.ascontiguousarray(column, column.dtype.newbyteorder("<")).data)
    return digest.hexdigest()


def gaps_of(bars: Bars) -> tuple[Span, ...]:
    """Return the spans between the first bar and the last in which none opens."""
    wide = np.flatnonzero(np.diff(bars.open_at) > bars.timeframe)
    begins, ends = bars.open_at[wide] + bars.timeframe, bars.open_at[wide + 1]
    return tuple(zip(begins.tolist(), ends.tolist(), strict=True))


def runs_of(bars: Bars) -> tuple[Span, ...]:
    """Return the spans in which bar follows bar: all that bars say when nobody tells what they were taken from."""
    if not len(bars):
        return ()
    first, last = bars.ends()
    return outside((first, last + bars.timeframe), gaps_of(bars))
