"""A table of bars from a text file, as venues and vendors export it."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.columns import Told, recognise, told
from cryptoflow.market.decoded import decoded
from cryptoflow.market.sheets import Sheet
from cryptoflow.market.unpacked import unpacked


def read(file: Path, separator: str, columns: Sequence[str], zone: str | None) -> Told:
    """Return what a text file tells; `columns` names the columns of one that has no line of names."""
    data, notes = decoded(*unpacked(file))
    names = tuple(columns) or _header(file.name, data, separator)
    theirs = recognise(names, file.name)
    try:
        table = arrow.read_csv(
            pa.BufferReader(data),
            read_options=arrow.ReadOptions(column_names=names, skip_rows=0 if columns else 1),
            parse_options=arrow.ParseOptions(delimiter=separator),
            convert_options=arrow.ConvertOptions(
                column_types={theirs["open_at"]: pa.string()},
                include_columns=list(dict.fromkeys(theirs.values())),
                strings_can_be_null=True,
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError) as refusal:
        reason = str(refusal).partition("\n")[0]
        raise CryptoflowError(f"{file.name} cannot be read as a table: {reason}") from refusal
    found = told(table, theirs, Sheet(file.name, "line", first=1 if columns else 2), zone)
    return found._replace(notes=(*notes, *found.notes))


def _header(name: str, data: bytes, separator: str) -> tuple[str, ...]:
    line = data.partition(b"\n")[0].decode().rstrip("\r")
    names = next(csv.reader([line], delimiter=separator), [])
    if names and all(_is_number(name) for name in names):
        raise CryptoflowError(
            f"{name} begins with numbers and does not name its columns",
            fix="name them in the source: `columns: [time, open, high, low, close, volume]`",
        )
    return tuple(names)


def _is_number(text: str) -> bool:
    return text.strip().lstrip("-").replace(".", "", 1).isdigit()
