"""`backup create`: every database of this machine as files, proved by restoring them, then given a name."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from cryptoflow import __version__
from cryptoflow.clock import Clock, MachineClock
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.store import disk
from cryptoflow.pipelines.backups.manifest import Manifest, Part
from cryptoflow.pipelines.backups.moving import READY, finish
from cryptoflow.pipelines.backups.place import (
    BEGUN,
    LOCK,
    MANIFEST,
    SCRATCH,
    Backup,
    backups_folder,
    kept,
    left_over,
    name_of,
)
from cryptoflow.pipelines.backups.proving import prove
from cryptoflow.pipelines.backups.room import LOOKED_AT, check_room
from cryptoflow.pipelines.backups.sources import JOURNALS, Source, bytes_of, sources, write
from cryptoflow.pipelines.backups.unpacking import digest
from cryptoflow.pipelines.databases.copying import Progress
from cryptoflow.pipelines.home import home_of
from cryptoflow.settings import settings
from cryptoflow.storage.copying.online import contents

DAY = 24 * 3_600_000


class Created(NamedTuple):
    """A backup that was taken and proved, and those that it let go."""

    backup: Backup
    manifest: Manifest
    removed: Sequence[str]

    def facts(self) -> dict[str, Any]:
        """Return it as plain values."""
        told = {"backup": self.backup.name, "folder": str(self.backup.folder), "removed": list(self.removed)}
        return {**told, "events": self.manifest.events, "bytes": self.manifest.bytes, **self.manifest.facts()}


async def create(home: Path | None = None, *, clock: Clock | None = None, progress: Progress | None = None) -> Created:
    """Take a backup while everything goes on. It has a name only once it is good; then those too old are removed."""
    folder = backups_folder(home)
    disk.make(folder)
    with disk.alone(folder / LOCK):
        for left in left_over(home):
            shutil.rmtree(left)
        await finish((home or home_of()) / READY, home, clock=clock)
        found = sources(home)
        if not found:
            raise CryptoflowError("there is nothing to back up yet", fix="cryptoflow db upgrade")
        needed = sum([await bytes_of(each) for each in found])
        check_room("a backup, which is proved by restoring it once,", folder, (1 + LOOKED_AT) * needed)
        taken_at = (clock or MachineClock()).now()
        backup = await _written(folder, name_of(taken_at), taken_at, found, progress)
        return Created(backup, backup.manifest(), prune(backup, taken_at, home))


async def _written(
    folder: Path, name: str, taken_at: int, found: Sequence[Source], progress: Progress | None
) -> Backup:
    begun = Backup(folder / f"{name}{BEGUN}")
    (begun.folder / JOURNALS).mkdir(parents=True)
    parts = []
    for number, each in enumerate(found):
        file = begun.folder / each.file
        await write(each, file)
        parts.append(_part(each, file))
        if progress is not None:
            progress(number + 1, len(found) + 1)
    disk.put(begun.folder / MANIFEST, Manifest(taken_at, __version__, parts).text().encode())
    disk.settle(begun.folder / JOURNALS)
    disk.settle(begun.folder)
    with TemporaryDirectory(prefix=SCRATCH, suffix=BEGUN, dir=folder) as scratch:
        prove(begun, Path(scratch))
    named = Backup(begun.folder.rename(folder / name))
    disk.settle(folder)
    if progress is not None:
        progress(len(found) + 1, len(found) + 1)
    return named


def _part(source: Source, file: Path) -> Part:
    held = contents(file)
    disk.sync(file)
    return Part(source.name, source.file, file.stat().st_size, digest(file), held.revision or "", held.rows, held.heads)


def prune(good: Backup, now: int, home: Path | None = None) -> list[str]:
    """Remove backups that are older than the settings keep them; never the one that is known to be good."""
    oldest = name_of(now - settings().backup_days * DAY)
    removed = []
    for each in kept(home):
        if each.name < min(oldest, good.name):
            shutil.rmtree(each.folder.rename(each.folder.with_name(each.name + BEGUN)))
            removed.append(each.name)
    return removed
