"""Columns of arrow as numpy takes them, without the detour that imports pandas to ask whether it is one of its."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def numbers(column: Any) -> npt.NDArray[Any]:
    """Return a column without nulls, of floats or of integers or times of 64 bits, as an array of its own.

    >>> numbers(pa.chunked_array([pa.array([1.5]), pa.array([0.0, 2.5]).slice(1)])).tolist()
    [1.5, 2.5]
    """
    kind = np.dtype(np.float64 if pa.types.is_floating(column.type) else np.int64)
    out = np.empty(len(column), kind)
    at = 0
    for chunk in filter(len, column.chunks):
        values = np.frombuffer(chunk.buffers()[1], kind, len(chunk), chunk.offset * kind.itemsize)
        out[at : at + len(values)] = values
        at += len(values)
    return out
