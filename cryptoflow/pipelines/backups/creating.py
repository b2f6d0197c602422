"""`backup create`: every database of this machine as files, proved by restoring them, then given a name."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from cryptoflow import __version__
from cryptoflow.clock import Clock, MachineClock
from cryptoflow.errors import CryptoflowError, ExitCode, Problem
from cryptoflow.market.store import disk
from cryptoflow.pipelines.backups.manifest import Manifest
from cryptoflow.pipelines.backups.moving import READY, finish
from cryptoflow.pipelines.backups.place import (
    BEGUN,
    LOCK,
    MANIFEST,
    SCRATCH,
    Backup,
    backups_folder,
    kept,
    last_good,
    left_over,
    name_of,
)
from cryptoflow.pipelines.backups.proving import faults, restored
from cryptoflow.pipelines.backups.room import LOOKED_AT, check_room
from cryptoflow.pipelines.backups.sources import JOURNALS, Source, bytes_of, source, sources
from cryptoflow.pipelines.backups.standing import UNTOUCHED, Leaves, left_of, untold
from cryptoflow.pipelines.backups.taking import marked, taken
from cryptoflow.pipelines.databases.copying import Progress
from cryptoflow.pipelines.home import home_of
from cryptoflow.settings import settings

DAY = 24 * 3_600_000


class Created(NamedTuple):
    """A backup that was taken and proved, and those that it let go."""

    backup: Backup
    manifest: Manifest
    removed: Sequence[str]

    def facts(self) -> dict[str, Any]:
        """Return it as plain values."""
        told = {"backup": self.backup.name, "folder": str(self.backup.folder), "removed": list(self.removed)}
        counted = {"events": self.manifest.events, "bytes": self.manifest.bytes, "damaged": self.manifest.damaged}
        return {**told, **counted, **self.manifest.facts()}

    def trouble(self, home: Path | None = None) -> CryptoflowError | None:
        """Return what to say of originals that are damaged, None where all are good."""
        found = []
        for name, wrong in self.manifest.damaged.items():
            good = last_good(name, home)
            place = source(name, home).target.place
            fix = f"no backup holds it whole; move {place} elsewhere if it is no journal, this backup keeps what it is"
            if good is not None:
                fix = f"`cryptoflow backup restore {good.name} --only {name} --force` brings the last good copy back"
            found.append(Problem(f"{name} itself is damaged, not a backup of it: {'; '.join(wrong)}", fix=fix))
        return CryptoflowError(found, code=ExitCode.PROOF_FAILED) if found else None


async def create(
    home: Path | None = None,
    *,
    clock: Clock | None = None,
    progress: Progress | None = None,
    leaves: Leaves = untold,
) -> Created:
    """Take a backup while everything goes on. It has a name only once it is proved; then those too old are removed.

    What is damaged in itself is kept as it is and marked; then nothing is removed, for an older one may hold it whole.
    """
    folder = backups_folder(home)
    disk.make(folder)
    with disk.alone(folder / LOCK):
        for left in left_over(home):
            shutil.rmtree(left)
        ready = (home or home_of()) / READY
        leaves(f"no backup was made, and {left_of(ready)}")
        await finish(ready, home, clock=clock)
        leaves(f"no backup was made, and {UNTOUCHED}")
        found = sources(home)
        if not found:
            raise CryptoflowError("there is nothing to back up yet", fix="cryptoflow db upgrade")
        needed = sum([await bytes_of(each) for each in found])
        check_room("a backup, which is proved by restoring it once,", folder, (1 + LOOKED_AT) * needed)
        taken_at = (clock or MachineClock()).now()
        begun = Backup(folder / f"{name_of(taken_at)}{BEGUN}")
        try:
            await _write(begun, taken_at, found, progress)
        except BaseException:
            shutil.rmtree(begun.folder, ignore_errors=True)
            raise
        backup = Backup(folder / name_of(taken_at))
        leaves(f"{backup.name} is made; what is too old goes with the next one")
        begun.folder.rename(backup.folder)
        disk.settle(folder)
        if progress is not None:
            progress(len(found) + 1, len(found) + 1)
        manifest = backup.manifest()
        return Created(backup, manifest, [] if manifest.damaged else prune(backup, taken_at, home))


async def _write(begun: Backup, taken_at: int, found: Sequence[Source], progress: Progress | None) -> None:
    """Write a backup that has no name yet, and look at all of it."""
    (begun.folder / JOURNALS).mkdir(parents=True)
    manifest = Manifest(taken_at, __version__, [])
    for number, each in enumerate(found):
        manifest = manifest._replace(parts=[*manifest.parts, *await taken(each, begun.folder)])
        if progress is not None:
            progress(number + 1, len(found) + 1)
    with TemporaryDirectory(prefix=SCRATCH, suffix=BEGUN, dir=begun.folder.parent) as scratch:
        restored(begun, manifest, Path(scratch))
        wrong = faults(manifest.good.parts, Path(scratch))
    manifest = manifest._replace(parts=marked(manifest.parts, wrong))
    disk.put(begun.folder / MANIFEST, manifest.text().encode())
    disk.settle(begun.folder / JOURNALS)
    disk.settle(begun.folder)


def prune(good: Backup, now: int, home: Path | None = None) -> list[str]:
    """Remove backups that are older than the settings keep them; never the one that is known to be good."""
    oldest = name_of(now - settings().backup_days * DAY)
    removed = []
    for each in kept(home):
        if each.name < min(oldest, good.name):
            shutil.rmtree(each.folder.rename(each.folder.with_name(each.name + BEGUN)))
            removed.append(each.name)
    return removed
