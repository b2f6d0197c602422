"""A table from JSON: rows as lists or as objects, one list per column, or one row per line."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.flaws import Flaw, quoted, uneven
from cryptoflow.market.importing.grid import Grid, numbered
from cryptoflow.market.sheets import Sheet

SHAPES = "write a list of rows, a list of objects, an object of columns, or one row per line"


MANY = 400
"""Digits of a number that is larger than any a price or a time could have."""


def is_json(data: bytes) -> bool:
    """Say whether a text begins as JSON does."""
    return data.lstrip()[:1] in (b"[", b"{")


def json_rows(name: str, data: bytes) -> Grid:
    """Return the table that a JSON text holds."""
    try:
        return _table(name, data.decode())
    except RecursionError:
        raise CryptoflowError(f"{name} has lists within lists without end", fix=SHAPES) from None


def _table(name: str, text: str) -> Grid:
    try:
        whole = _loaded(text)
    except json.JSONDecodeError as fault:
        if fault.msg == "Extra data":
            return _lines(name, text)
        raise CryptoflowError(
            f"{name} is no JSON: {fault.msg} in line {fault.lineno}, column {fault.colno}",
            fix="get the file again from where it comes",
        ) from None
    match whole:
        case list():
            return _grid(Sheet(name), whole, range(1, len(whole) + 1))
        case dict() if whole and all(isinstance(column, list | dict) for column in whole.values()):
            return _columns(name, whole)
        case dict() if whole:
            return _lines(name, text)
    raise CryptoflowError(f"{name} holds no rows", fix=SHAPES)


def _loaded(text: str) -> Any:
    """A JSON text as Python has it; a number of more digits than Python takes for a whole one is infinite."""
    return json.loads(text, parse_int=lambda digits: int(digits) if len(digits) < MANY else float(digits))


def _lines(name: str, text: str) -> Grid:
    rows: list[Any] = []
    numbers: list[int] = []
    flaws = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                rows.append(_loaded(line))
                numbers.append(number)
            except json.JSONDecodeError as fault:
                flaws.append(Flaw(number, "a line is no JSON", fault.msg))
    return _grid(Sheet(name, "line"), rows, numbers, flaws)


def _columns(name: str, whole: dict[str, Any]) -> Grid:
    """An object of columns, each a list or, as pandas writes them, an object from row to value."""
    columns = {key: list(each.values()) if isinstance(each, dict) else each for key, each in whole.items()}
    lengths = {key: len(column) for key, column in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{key} {length}" for key, length in lengths.items())
        raise CryptoflowError(f"{name} has columns of different lengths: {told}", fix=SHAPES)
    return Grid(Sheet(name), _of_columns(columns), named=True)


def _grid(sheet: Sheet, rows: Sequence[Any], numbers: Iterable[int], flaws: Iterable[Flaw] = ()) -> Grid:
    """Rows that are all lists or all objects, as most of them are; the others are flaws."""
    kinds = Counter(type(row) for row in rows if isinstance(row, list | dict))
    if not kinds:
        raise CryptoflowError(f"{sheet.name} holds no rows", fix=SHAPES)
    kind = kinds.most_common(1)[0][0]
    width = Counter(len(row) for row in rows if type(row) is kind).most_common(1)[0][0]
    good: list[Any] = []
    kept: list[int] = []
    odd = list(flaws)
    for number, row in zip(numbers, rows, strict=True):
        if type(row) is not kind:
            odd.append(Flaw(number, f"a row is no {'list' if kind is list else 'object'}", quoted(json.dumps(row))))
        elif kind is list and len(row) != width:
            odd.append(Flaw(number, uneven(len(row), width), quoted(json.dumps(row))))
        else:
            good.append(row)
            kept.append(number)
    sheet = sheet._replace(each=np.asarray(kept, np.int64))
    if kind is list:
        columns: Any = dict(zip(numbered(width), zip(*good, strict=True), strict=True))
    else:
        columns = {key: [row.get(key) for row in good] for key in dict.fromkeys(key for row in good for key in row)}
    return Grid(sheet, _of_columns(columns), kind is dict, (), tuple(odd))


def _of_columns(columns: Mapping[str, Sequence[Any]]) -> Any:
    return pa.table({_text(key): _column(column) for key, column in columns.items()})


def _column(values: Sequence[Any]) -> Any:
    """Values as numbers where all of them are, else as text, in which a number keeps every digit it had."""
    try:
        found = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError):
        found = None
    if found is None or not (pa.types.is_integer(found.type) or pa.types.is_floating(found.type)):
        texts = (None if value is None else _text(value if isinstance(value, str) else repr(value)) for value in values)
        found = pa.array([text or None for text in texts], pa.string())
    return pa.chunked_array([found])


def _text(text: str) -> str:
    r"""Text without halves of characters, which JSON can spell and nothing else can hold.

    >>> _text("a\ud800")
    'a\\ud800'
    """
    return text.encode(errors="backslashreplace").decode()
