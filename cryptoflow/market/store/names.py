"""Which files of a dataset's folder are ours: by their names, for somebody may keep others there."""

import os
import re
from contextlib import suppress
from pathlib import Path

from cryptoflow.market.store.disk import UNFINISHED
from cryptoflow.market.store.manifest import NAME

LOCK = "lock"

OURS = re.compile(
    rf"{LOCK}|({re.escape(NAME)}|-?\d{{4,}}(-\d\d){{0,2}}-[0-9a-f]{{16}}\.parquet)(-\d+-\d+{re.escape(UNFINISHED)})?"
)
"""The lock, the manifest, and segments like `2024-01-0123456789abcdef.parquet`, finished or not."""


def ours(folder: Path) -> list[Path]:
    """Return the files in a folder that have names of ours, none when it is not there (any more)."""
    with suppress(FileNotFoundError):
        return [Path(each.path) for each in os.scandir(folder) if OURS.fullmatch(each.name) and each.is_file()]
    return []
