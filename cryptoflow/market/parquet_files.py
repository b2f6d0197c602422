"""A table of bars from a Parquet file."""

from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.columns import Told, recognise, told
from cryptoflow.market.sheets import Sheet


def read(file: Path, zone: str | None) -> Told:
    """Return what a Parquet file tells; only the columns in use are read."""
    try:
        with parquet.ParquetFile(file) as opened:
            theirs = recognise(opened.schema_arrow.names, file.name)
            table = opened.read(columns=list(dict.fromkeys(theirs.values())))
    except (pa.ArrowInvalid, OSError) as refusal:
        reason = str(refusal).partition("\n")[0]
        raise CryptoflowError(f"{file.name} cannot be read as Parquet: {reason}") from refusal
    return told(table, theirs, Sheet(file.name), zone)
