"""A table of bars from a text file, as venues and vendors export it."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.columns import Told, recognise, told
from cryptoflow.market.decoded import decoded
from cryptoflow.market.flaws import Flaw, problems, quoted, uneven
from cryptoflow.market.sheets import Sheet
from cryptoflow.market.text_rows import Row, rows
from cryptoflow.market.unpacked import unpacked

SAMPLE = 65536
"""Bytes in which the names of columns end."""


def read(file: Path, separator: str, columns: Sequence[str], zone: str | None) -> Told:
    """Return what a text file tells; `columns` names the columns of one that has no line of names."""
    data, notes = decoded(*unpacked(file))
    head = Row(1, 0, list(columns)) if columns else _header(file.name, data, separator)
    theirs = recognise(head.cells, file.name)
    try:
        table = arrow.read_csv(
            pa.BufferReader(data),
            read_options=arrow.ReadOptions(column_names=head.cells, skip_rows=head.last),
            parse_options=arrow.ParseOptions(delimiter=separator, newlines_in_values=b'"' in data),
            convert_options=arrow.ConvertOptions(
                column_types={theirs["open_at"]: pa.string()},
                include_columns=list(dict.fromkeys(theirs.values())),
                strings_can_be_null=True,
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError) as refusal:
        raise _unreadable(
            file.name, head, _below(file.name, data, separator, head), str(refusal).partition("\n")[0]
        ) from refusal
    sheet = Sheet(file.name, "line", first=head.last + 1)
    if data.rstrip().count(b"\n") + 1 != head.last + table.num_rows:  # a row takes several lines, or a line is none
        lines = [row.first for row in _below(file.name, data, separator, head)]
        sheet = sheet._replace(each=np.asarray(lines, np.int64))
    found = told(table, theirs, sheet, zone)
    return found._replace(notes=(*notes, *found.notes))


def _below(name: str, data: bytes, separator: str, head: Row) -> Iterator[Row]:
    """The rows of the table, each with its lines."""
    return (row for row in rows(name, data.decode(), separator) if row.first > head.last)


def _unreadable(name: str, head: Row, table: Iterable[Row], reason: str) -> CryptoflowError:
    """Why a text is no table: its rows that have more or fewer cells than columns, or what its reader says."""
    width = len(head.cells)
    uneven_rows = [row for row in table if len(row.cells) != width]
    if not uneven_rows:
        return CryptoflowError(f"{name} cannot be read as a table: {reason}")
    flaws = (Flaw(row.first, uneven(len(row.cells), width), quoted(",".join(row.cells))) for row in uneven_rows)
    return CryptoflowError(problems(name, "line", flaws))


def _header(name: str, data: bytes, separator: str) -> Row:
    head = next(rows(name, data[:SAMPLE].decode(errors="replace"), separator), Row(1, 1, []))
    if head.cells and all(_is_number(cell) for cell in head.cells):
        raise CryptoflowError(
            f"{name} begins with numbers and does not name its columns",
            fix="name them in the source: `columns: [time, open, high, low, close, volume]`",
        )
    return head


def _is_number(text: str) -> bool:
    return text.strip().lstrip("-").replace(".", "", 1).isdigit()
