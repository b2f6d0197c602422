"""Recorded tables compared row by row."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptoflow.errors import CryptoflowError

if TYPE_CHECKING:
    import pyarrow as pa

CLOSE = 1e-9
"""The relative difference that another processor or library may make."""


class FirstDifference(NamedTuple):
    """The first row in which two recorded tables differ.

    Rows count from one; row 0 stands for the columns themselves. A row that only one table has names no column.
    """

    table: str
    row: int
    column: str
    then: str
    now: str

    def __str__(self) -> str:
        if self.row == 0:
            return f"{self.table}, columns were {self.then} and are {self.now}"
        where = f"{self.table}, row {self.row:,}"
        if not self.column:
            return f"{where} is {self.then or 'missing'} then and {self.now or 'missing'} now"
        return f"{where}, {self.column} was {self.then} and is {self.now}"


def first_difference(name: str, then: Path, now: Path) -> FirstDifference | None:
    """Return the first row in which a table of two run folders differs by more than `CLOSE`, or None."""
    one, other = (_read(folder / f"{name}.parquet") for folder in (then, now))
    if one.schema != other.schema:
        return FirstDifference(name, 0, "", *(_unlike(*pair) for pair in ((one, other), (other, one))))
    length = min(len(one), len(other))
    found: tuple[int, str] | None = None
    for column in one.column_names:
        row = _first_row(one.column(column)[:length], other.column(column)[:length])
        if row is not None and (found is None or row < found[0]):
            found = row, column
    if found is not None:
        row, column = found
        return FirstDifference(name, row + 1, column, *(str(each.column(column)[row]) for each in (one, other)))
    if len(one) != len(other):
        there = ["there" if len(each) > length else "" for each in (one, other)]
        return FirstDifference(name, length + 1, "", *there)
    return None


def _read(path: Path) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise CryptoflowError(f"{path} cannot be read: {error}", fix="run the backtest again") from error


def _first_row(one: Any, other: Any) -> int | None:
    """Return the first place in which two columns differ."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_floating(one.type):
        row = pc.index(pc.not_equal(one, other), True).as_py()
        return None if row < 0 else int(row)
    near = np.isclose(one.to_numpy(), other.to_numpy(), rtol=CLOSE, atol=0.0, equal_nan=True)
    rows = np.flatnonzero(~near)
    return int(rows[0]) if len(rows) else None


def _unlike(table: "pa.Table", other: "pa.Table") -> str:
    """Return the columns of a table that the other has not, with their types; all when only their order differs."""
    fields = [field for field in table.schema if field not in list(other.schema)] or list(table.schema)
    return ", ".join(f"{field.name} ({field.type})" for field in fields)
