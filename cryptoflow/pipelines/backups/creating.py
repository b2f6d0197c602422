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
from cryptoflow.pipelines.backups.moving import finish
from cryptoflow.pipelines.backups.place import (
    BEGUN,
    LOCK,
    MANIFEST,
    SCRATCH,
    Backup,
    backups_folder,
    code_of,
    kept,
    left_over,
    name_of,
)
from cryptoflow.pipelines.backups.promising import READY
from cryptoflow.pipelines.backups.proving import looks, restored
from cryptoflow.pipelines.backups.room import LOOKED_AT, check_room
from cryptoflow.pipelines.backups.sources import JOURNALS, Source, bytes_of, source, sources
from cryptoflow.pipelines.backups.standing import UNTOUCHED, Leaves, left_of, said_odd, said_unread, untold
from cryptoflow.pipelines.backups.taking import emptied, marked, taken
from cryptoflow.pipelines.backups.ways_back import last_good, way_back
from cryptoflow.pipelines.databases.copying import Progress
from cryptoflow.pipelines.home import home_of
from cryptoflow.settings import settings

DAY = 24 * 3_600_000


class Created(NamedTuple):
    """A backup that was taken and proved, those that it let go, and what its owner should know besides."""

    backup: Backup
    manifest: Manifest
    removed: Sequence[str]
    said: Sequence[str] = ()

    def facts(self) -> dict[str, Any]:
        """Return it as plain values."""
        held = self.manifest
        told = {"backup": self.backup.name, "folder": str(self.backup.folder), "removed": list(self.removed)}
        lacks = {"damaged": held.damaged, "unusable": held.unusable, "unproved": held.newer, "odd": held.odd}
        counted = {"events": held.events, "bytes": held.bytes, "remarks": self.remarks()}
        return {**told, **counted, **lacks, **held.facts()}

    def remarks(self) -> list[str]:
        """Return what keeps nothing from being restored."""
        return [*self.said, *(said_odd(name, odd) for name, odd in self.manifest.odd.items())]

    def trouble(self, home: Path | None = None) -> CryptoflowError | None:
        """Return what to say of originals that are damaged, that could not be used or not be proved."""
        held, found = self.manifest, []
        for name, wrong in held.damaged.items():
            place = source(name, home).target.place
            fix = f"{way_back(name, place, home, held.reached.get(name))}; this backup keeps what it is"
            found.append(Problem(f"{name} itself is damaged, not a backup of it: {'; '.join(wrong)}", fix=fix))
        for name, why in held.unusable.items():
            fix = "nothing of it is in this backup; `cryptoflow db status` says what to do about it, then "
            fix += "`cryptoflow backup create` again"
            found.append(Problem(f"{name} could not be backed up: {'; '.join(why)}", fix=fix))
        for name, revision in held.newer.items():
            what = f"{name} is kept as it is, unproved: it is of revision {revision}, which this version does not know"
            fix = "use the version of CryptoFlow that wrote it, or a newer one, also to restore it"
            found.append(Problem(what, fix=fix))
        return CryptoflowError(found, code=code_of(held)) if found else None


async def create(
    home: Path | None = None,
    *,
    clock: Clock | None = None,
    progress: Progress | None = None,
    leaves: Leaves = untold,
) -> Created:
    """Take a backup while everything goes on. It has a name only once it is proved; then those too old are removed.

    What is damaged in itself is kept as it is and marked. Where anything is not proved, nothing is removed: an older
    backup may hold it.
    """
    folder = backups_folder(home)
    disk.make(folder)
    with disk.alone(folder / LOCK):
        for left in left_over(folder):
            shutil.rmtree(left)
        ready = (home or home_of()) / READY
        leaves(f"no backup was made, and {left_of(ready)}")
        said = [said_unread(what) for what in await finish(ready, home, clock=clock)]
        leaves(f"no backup was made, and {UNTOUCHED}")
        found = sources(home)
        if not found:
            raise CryptoflowError("there is nothing to back up yet", fix="cryptoflow db upgrade")
        needed = sum([await bytes_of(each) for each in found])
        check_room("a backup, which is proved by restoring it once,", folder, (1 + LOOKED_AT) * needed)
        taken_at = (clock or MachineClock()).now()
        begun = Backup(folder / f"{name_of(taken_at)}{BEGUN}")
        try:
            await _write(begun, taken_at, found, home, progress)
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
        empty = [each.target.place for each in found if each.name not in manifest.names]
        said += [f"{place} is empty, as one is that is being made: it is not in the backup" for place in empty]
        unproved = manifest.left_out or manifest.newer
        return Created(backup, manifest, [] if unproved else prune(backup, taken_at, home), said)


async def _write(
    begun: Backup, taken_at: int, found: Sequence[Source], home: Path | None, progress: Progress | None
) -> None:
    """Write a backup that has no name yet, and look at all of it."""
    (begun.folder / JOURNALS).mkdir(parents=True)
    manifest = Manifest(taken_at, __version__, [])
    for number, each in enumerate(found):
        parts = await taken(each, begun.folder)
        if not parts and last_good(each.name, home):
            parts = emptied(each)
        manifest = manifest._replace(parts=[*manifest.parts, *parts])
        if progress is not None:
            progress(number + 1, len(found) + 1)
    if not manifest.parts:
        raise CryptoflowError("there is nothing to back up yet", fix="cryptoflow db upgrade")
    if len(manifest.unusable) == len(manifest.names):
        whys = (f"{name} could not be backed up: {'; '.join(why)}" for name, why in manifest.unusable.items())
        fix = "`cryptoflow db status` says what to do about it, then `cryptoflow backup create` again"
        raise CryptoflowError((Problem(why, fix=fix) for why in whys), code=ExitCode.UNAVAILABLE)
    with TemporaryDirectory(prefix=SCRATCH, suffix=BEGUN, dir=begun.folder.parent) as scratch:
        restored(begun, manifest, Path(scratch))
        found_in = looks(manifest.good.parts, Path(scratch))
        manifest = manifest._replace(parts=marked(manifest.parts, found_in, Path(scratch)))
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
