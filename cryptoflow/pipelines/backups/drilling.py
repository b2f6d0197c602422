"""`backup drill`: the whole recovery rehearsed beside what is in use, and timed.

A shared database on a server is restored into a schema of its own on the same server, which is dropped afterwards:
that is the way a real restore goes, and unlike a database of its own it needs no right to make databases.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from cryptoflow.clock import Clock, MachineClock
from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.backups.manifest import Manifest
from cryptoflow.pipelines.backups.place import BEGUN, DATABASE, SCRATCH, Backup, asked, code_of, lacking
from cryptoflow.pipelines.backups.proving import check
from cryptoflow.pipelines.backups.reading import reading
from cryptoflow.pipelines.backups.room import LOOKED_AT, check_room
from cryptoflow.pipelines.backups.serving import clear, fill
from cryptoflow.pipelines.backups.sources import source
from cryptoflow.pipelines.backups.unpacking import unpack
from cryptoflow.pipelines.databases.targets import Target

ROOM = "cryptoflow_drill"


class Drill(NamedTuple):
    """How long a recovery took, in seconds by what was done, how old the backup was, and what it holds."""

    backup: Backup
    events: int
    bytes: int
    age: float
    restored: float
    served: float
    proved: float
    held: Manifest

    @property
    def seconds(self) -> float:
        """Return how long the whole of it took."""
        return self.restored + self.served + self.proved

    def trouble(self) -> CryptoflowError | None:
        """Return what to say of what cannot be recovered, None where all can."""
        found = lacking(self.backup.name, self.held)
        return CryptoflowError(found, code=code_of(self.held)) if found else None

    def facts(self) -> dict[str, Any]:
        """Return it as plain values."""
        told = {**self._asdict(), "backup": self.backup.name, "seconds": self.seconds}
        del told["held"]
        return {**told, "damaged": self.held.damaged, "unusable": self.held.unusable}


async def drill(name: str | None = None, *, home: Path | None = None, clock: Clock | None = None) -> Drill:
    """Restore a backup, the newest without a name, beside what is in use; look at all of it; take it away again."""
    clock = clock or MachineClock()
    asked(name, home)  # before a lock is made where there is nothing
    with reading(home) as folder:
        return await _rehearsed(asked(name, home), folder, source(DATABASE, home).target, clock)


async def _rehearsed(backup: Backup, folder: Path, server: Target, clock: Clock) -> Drill:
    held = backup.manifest()
    manifest = held.good
    check_room("a drill", folder, LOOKED_AT * manifest.bytes)
    with TemporaryDirectory(prefix=SCRATCH, suffix=BEGUN, dir=folder) as told:
        scratch = Path(told)
        begun = clock.nanoseconds()
        unpack(backup, manifest, scratch)
        restored = clock.nanoseconds()
        check(backup.name, manifest, scratch)
        proved = served = clock.nanoseconds()
        if server.file is None and any(part.name == DATABASE for part in manifest.parts):
            await clear(server.url, ROOM)
            try:
                await fill(server.url, ROOM, scratch / f"{DATABASE}.db")
                served = clock.nanoseconds()
            finally:
                await clear(server.url, ROOM)
    age = begun / 1e9 - manifest.taken_at / 1e3
    spent = (restored - begun) / 1e9, (served - proved) / 1e9, (proved - restored) / 1e9
    return Drill(backup, manifest.events, manifest.bytes, age, *spent, held)
