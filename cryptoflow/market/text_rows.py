"""The rows of a text, and on which of its lines they stand: what stands in quotes may have several."""

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from cryptoflow.errors import CryptoflowError


class Row(NamedTuple):
    """The cells of a row, and the first and last line that it takes, as an editor counts them."""

    first: int
    last: int
    cells: list[str]


def rows(name: str, text: str, separator: str = ",") -> Iterator[Row]:
    r"""Yield the rows of a file's text; empty lines are none.

    >>> list(rows("x.csv", '"a\nb",1\n\nc,2'))
    [Row(first=1, last=2, cells=['a\nb', '1']), Row(first=4, last=4, cells=['c', '2'])]
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    first = 1
    try:
        for cells in reader:
            if cells:
                yield Row(first, reader.line_num, cells)
            first = reader.line_num + 1
    except csv.Error as fault:
        raise CryptoflowError(
            f"{name} cannot be read as a table: {fault}: line {first}",
            fix="look for a quotation mark that is opened there and not closed",
        ) from fault
