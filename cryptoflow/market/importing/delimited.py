"""A table from text whose columns are set apart by commas, semicolons, tabs or bars."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.flaws import Flaw, quoted, uneven
from cryptoflow.market.importing.grid import Grid, numbered
from cryptoflow.market.sheets import Sheet
from cryptoflow.market.text_rows import Row, rows

SEPARATORS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas"}
"""What stands between two columns; where two are as frequent the first counts, for numbers may have commas."""

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
SAMPLE = 65536
"""Bytes that are looked at for the shape of a table."""

PREAMBLE = 5
"""Rows above the table that are looked through for its names."""


def delimited(name: str, data: bytes) -> Grid:
    """Return the table that a text holds, each line with as many columns as most of the first ones have."""
    text = data[:SAMPLE].decode(errors="replace")
    lines = text.splitlines()[: PREAMBLE + 1]
    separator = _separator(lines)
    head = _head(list(islice(rows(name, text, separator), PREAMBLE + 1)))
    named = not _is_data(head.cells)
    skipped = head.last if named else head.first - 1
    names = _names(head.cells) if named else numbered(len(head.cells))
    sheet = Sheet(name, "line", skipped + 1)
    table, sheet, flaws = _read(data, names, separator, skipped, sheet)
    notes = [f"{name}: columns are set apart by {SEPARATORS[separator]}"] if separator != "," else []
    if head.first > 1:
        notes.append(f"{name}: the table begins in line {head.first}, below {quoted(lines[0])}")
    return Grid(sheet, table, named, tuple(notes), (*flaws, *(_repeated(table, sheet) if named else ())))


def _separator(sample: Sequence[str]) -> str:
    return max(SEPARATORS, key=lambda each: max(line.count(each) for line in sample))


def _head(sample: Sequence[Row]) -> Row:
    """The first row of the table: what stands above has fewer columns than any row below it."""
    width = max(len(row.cells) for row in sample)
    return next(row for row in sample if len(row.cells) >= min(width, 5))


def _is_data(row: Sequence[str]) -> bool:
    """Say whether a row is one of numbers, even one that is damaged, rather than one of names."""
    return 2 * sum(NUMBER.fullmatch(cell.strip()) is not None for cell in row) >= len(row)


def _names(row: Sequence[str]) -> tuple[str, ...]:
    """Names of columns; one that has none is called by its place."""
    return tuple(name.strip() or place for name, place in zip(row, numbered(len(row)), strict=True))


def _read(
    data: bytes, names: tuple[str, ...], separator: str, skipped: int, sheet: Sheet
) -> tuple[Any, Sheet, list[Flaw]]:
    flaws: list[Flaw] = []
    torn: list[int] = []

    def strange(row: Any) -> str:
        torn.append(row.text.count("\n"))
        flaws.append(Flaw(row.number, uneven(row.actual_columns, row.expected_columns), quoted(row.text)))
        return "skip"

    try:
        table = arrow.read_csv(
            pa.BufferReader(data),
            # Only one thread after the other knows the number of a line.
            read_options=arrow.ReadOptions(column_names=names, skip_rows=skipped, use_threads=False),
            parse_options=arrow.ParseOptions(
                delimiter=separator,
                invalid_row_handler=strange,
                ignore_empty_lines=False,
                newlines_in_values=b'"' in data,
            ),
            convert_options=arrow.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True
            ),
        )
    except pa.ArrowInvalid as refusal:
        reason = str(refusal).partition("\n")[0]
        raise CryptoflowError(f"{sheet.name} cannot be read as a table: {reason}") from refusal
    lines = np.arange(skipped + 1, skipped + 1 + table.num_rows + len(flaws))
    strangers = np.isin(lines, [flaw.row for flaw in flaws])
    if b'"' in data:
        lines += _above(table, strangers, torn)
    flaws = [flaw._replace(row=line) for flaw, line in zip(flaws, lines[strangers].tolist(), strict=True)]
    lines = lines[~strangers]
    blank = _blank(table)
    if blank.any():
        table, lines = table.filter(pa.array(~blank)), lines[~blank]
    return table, sheet._replace(each=lines), flaws


def _above(table: Any, strangers: Any, torn: Sequence[int]) -> Any:
    """How many lines end inside the cells of all rows above each row: what stands in quotes may have several."""
    inside = np.zeros(len(strangers), np.int64)
    inside[strangers] = torn
    for column in table.columns:
        inside[~strangers] += pc.fill_null(pc.count_substring(column, "\n"), 0).to_numpy()
    return np.cumsum(inside) - inside


def _blank(table: Any) -> Any:
    """Which rows are empty lines."""
    blank = np.ones(table.num_rows, np.bool_)
    for column in table.columns:
        blank &= column.is_null().to_numpy()
    return blank


def _repeated(table: Any, sheet: Sheet) -> list[Flaw]:
    """The lines of names that stand among the rows: files were joined with their heads on."""
    name = table.column_names[0]
    again = np.flatnonzero(pc.fill_null(pc.equal(table.column(0), name), False).to_numpy())
    return [sheet.flaw(int(row), "the names of the columns stand here again", quoted(name)) for row in again]
