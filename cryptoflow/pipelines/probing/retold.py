"""A file of bars written anew with another future, in the form in which it was."""

import csv
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptoflow.pipelines.resolved import Resolved

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Columns

NUMBERS = ("open", "high", "low", "close", "volume")


def retell(original: Path, copy: Path, resolved: Resolved, bars: "Columns", until: int) -> None:
    """Write a data file in which rows from `until` on are those of `bars`; rows that `bars` has not are left out."""
    source = resolved.history
    if source.plugin_name == "parquet":
        _parquet(original, copy, source, bars, until)
    else:
        _csv(original, copy, source, bars, until)


def _rows(open_at: Any, bars: "Columns", until: int) -> tuple[Any, Any]:
    """Return which rows of a file stay, and the bar whose numbers each row takes, or -1 for its own."""
    import numpy as np

    place = np.searchsorted(bars.open_at, open_at)
    there = np.append(bars.open_at, np.iinfo(np.int64).max)[place] == open_at
    later = open_at >= until
    return ~later | there, np.where(later & there, place, -1)


def _csv(original: Path, copy: Path, source: Any, bars: "Columns", until: int) -> None:
    from cryptoflow.market.columns import recognise
    from cryptoflow.market.decoded import decoded
    from cryptoflow.market.text_files import read
    from cryptoflow.market.unpacked import unpacked

    told = read(original, source.separator, source.columns, source.zone)
    lines = StringIO(decoded(*unpacked(original))[0].decode(), newline="")
    rows = [row for row in csv.reader(lines, delimiter=source.separator) if row]
    head = [] if source.columns else rows[:1]
    names = tuple(source.columns) or rows[0]
    places = [list(names).index(recognise(names, original.name)[name]) for name in NUMBERS]
    stays, takes = _rows(told.open_at, bars, until)
    with copy.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, delimiter=source.separator, lineterminator="\n")
        writer.writerows(head)
        for row, stay, bar in zip(rows[len(head) :], stays.tolist(), takes.tolist(), strict=True):
            if bar >= 0:
                for place, column in zip(places, bars[1:], strict=True):
                    row[place] = repr(float(column[bar]))
            if stay:
                writer.writerow(row)


def _parquet(original: Path, copy: Path, source: Any, bars: "Columns", until: int) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from cryptoflow.market.columns import recognise
    from cryptoflow.market.parquet_files import read

    told = read(original, source.zone)
    table = pq.ParquetFile(original).read()
    theirs = recognise(table.column_names, original.name)
    stays, takes = _rows(told.open_at, bars, until)
    for name, own, column in zip(NUMBERS, told.numbers, bars[1:], strict=True):
        place = table.column_names.index(theirs[name])
        values = np.where(takes >= 0, np.append(column, np.nan)[takes], own)
        table = table.set_column(place, theirs[name], pa.array(values))  # whole numbers would not hold them
    pq.write_table(table.filter(pa.array(stays)), copy)
