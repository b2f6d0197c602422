"""How much room column files may take: the ones used longest ago make way, and what happens is counted."""

import os
import struct
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.store import disk
from cryptoflow.market.store.columns import SUFFIX
from cryptoflow.settings import settings

COUNTS = "counts"
"""The file of counts, which is also the lock for changing them."""

PATIENCE = 2.0
"""Seconds that a run waits to count; what others hold longer goes uncounted."""

FORM = struct.Struct("<3q")


class Counts(NamedTuple):
    """How often bars were mapped as they lay there, how often their file had to be made, how many made way."""

    hits: int = 0
    misses: int = 0
    evictions: int = 0


class Taken(NamedTuple):
    """A column file: how many bytes it takes, and when it was used last (epoch nanoseconds)."""

    file: Path
    size: int
    used_at: int


class Room(NamedTuple):
    """The folder of column files."""

    folder: Path

    def files(self) -> list[Taken]:
        """Return all column files, the one used longest ago first."""
        found = []
        for file in self.folder.glob(f"*{SUFFIX}"):
            with suppress(FileNotFoundError):
                state = file.stat()
                found.append(Taken(file, state.st_size, state.st_mtime_ns))
        return sorted(found, key=lambda taken: (taken.used_at, taken.file.name))

    def counts(self) -> Counts:
        """Return what was counted so far, in all processes."""
        try:
            return _counts((self.folder / COUNTS).read_bytes())
        except FileNotFoundError:
            return Counts()

    def used(self, file: Path) -> None:
        """Note that a column file was there and is in use again, where that can be noted."""
        with suppress(OSError):
            os.utime(file)
        self._count(Counts(hits=1))

    def clear(self, size: int) -> None:
        """Note that a file of this size has to be made, and let others make way until it fits the settings' limits."""
        most, room = settings().column_files, settings().column_bytes
        files = self.files()
        taken, gone = sum(each.size for each in files), 0
        while files and (len(files) >= most or taken + size > room):
            oldest = files.pop(0)
            oldest.file.unlink(missing_ok=True)
            taken, gone = taken - oldest.size, gone + 1
        self._count(Counts(misses=1, evictions=gone))

    def _count(self, more: Counts) -> None:
        # A folder that cannot be written, or a count that somebody holds on to, is no reason to have no bars.
        with suppress(OSError, CryptoflowError), disk.alone(self.folder / COUNTS, PATIENCE) as file:
            counts = _counts(os.pread(file, FORM.size, 0))
            os.pwrite(file, FORM.pack(*map(sum, zip(counts, more, strict=True))), 0)


def _counts(content: bytes) -> Counts:
    return Counts(*FORM.unpack(content)) if len(content) == FORM.size else Counts()
