"""A table from Parquet or Feather."""

import pyarrow as pa
from pyarrow import ipc, parquet

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.importing.grid import Grid
from cryptoflow.market.sheets import Sheet

PARQUET, FEATHER, OLD_FEATHER = b"PAR1", b"ARROW1", b"FEA1"


def is_arrow(data: bytes) -> bool:
    """Say whether bytes begin as Parquet or Feather do."""
    return data.startswith((PARQUET, FEATHER, OLD_FEATHER))


def arrow_table(name: str, data: bytes) -> Grid:
    """Return the table that Parquet or Feather holds, all of it."""
    if data.startswith(OLD_FEATHER):
        raise CryptoflowError(f"{name} is Feather of version 1", fix="write it again as version 2, or as Parquet")
    form = "Parquet" if data.startswith(PARQUET) else "Feather"
    try:
        if form == "Parquet":
            table = parquet.ParquetFile(pa.BufferReader(data)).read()
        else:
            with ipc.open_file(pa.BufferReader(data)) as reader:
                table = reader.read_all()
    except (pa.ArrowException, OSError) as refusal:
        reason = str(refusal).partition("\n")[0]
        raise CryptoflowError(
            f"{name} cannot be read as {form}: {reason}", fix="get the file again from where it comes"
        ) from refusal
    return Grid(Sheet(name), table, named=True)
