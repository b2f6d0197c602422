"""Whether a disk has room for what is to be written, asked before the first byte."""

import os
from math import log10
from pathlib import Path

from cryptoflow.errors import CryptoflowError, ExitCode

SPARE = 64 * 2**20
"""Bytes that are left to others."""

LOOKED_AT = 2
"""How often a look at a backup needs its room: restored, and for the log of the rows that are made again."""


def free_on(folder: Path) -> int:
    """Return how many bytes a folder's disk has left for us."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def check_room(what: str, folder: Path, needed: int) -> None:
    """Refuse what would not fit, with the numbers."""
    free = free_on(folder)
    if needed + SPARE > free:
        raise CryptoflowError(
            f"{what} needs {size(needed)} in {folder} and leaves {size(SPARE)} to others; {size(free)} are free",
            fix="free some space, or name a folder on another disk with CRYPTOFLOW_BACKUPS or CRYPTOFLOW_HOME",
            code=ExitCode.UNAVAILABLE,
        )


def size(count: float) -> str:
    """Return bytes as people read them.

    >>> size(900), size(3_500_000), size(12_000_000_000)
    ('900 B', '3.5 MB', '12.0 GB')
    """
    if count < 1_000:
        return f"{count:.0f} B"
    steps = min(3, int(log10(count)) // 3)
    return f"{count / 1_000**steps:,.1f} {' kMG'[steps]}B"
