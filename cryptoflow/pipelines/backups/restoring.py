"""`backup restore`: a backup in the place of what is there, which goes aside and is never deleted."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cryptoflow.clock import Clock, MachineClock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.store import disk
from cryptoflow.pipelines.backups.manifest import Manifest
from cryptoflow.pipelines.backups.moving import IN_USE, READY, Step, Steps, carry_out, check_leases, finish, promise
from cryptoflow.pipelines.backups.place import LOCK, Backup, asked, backups_folder, name_of
from cryptoflow.pipelines.backups.proving import check
from cryptoflow.pipelines.backups.room import check_room
from cryptoflow.pipelines.backups.serving import clear, fill
from cryptoflow.pipelines.backups.sources import Source, source
from cryptoflow.pipelines.backups.unpacking import unpack
from cryptoflow.pipelines.databases.opening import reachable
from cryptoflow.pipelines.databases.revisions import status
from cryptoflow.pipelines.home import home_of
from cryptoflow.storage.copying.online import is_open

ASIDE = "set-aside"
"""The folder in the state folder for what had its place before."""

NEAR = ".restoring"
"""What a file that is ready is called beside the one whose place it takes."""

ROOM_READY, ROOM_ASIDE = "cryptoflow_restoring", "cryptoflow_set_aside"
"""What the rooms of a server's database are called that hold the same."""


class Restored(NamedTuple):
    """A backup that is in use again, and where lies what was there before, if anything was."""

    backup: Backup
    manifest: Manifest
    parts: Sequence[str]
    aside: Sequence[str]

    def facts(self) -> dict[str, Any]:
        """Return it as plain values."""
        told = {"backup": self.backup.name, "taken_at": self.manifest.taken_at, "parts": list(self.parts)}
        heads = {account: head._asdict() for account, head in self.manifest.heads.items()}
        return {**told, "heads": heads, "set_aside": list(self.aside)}


async def restore(
    name: str | None = None,
    *,
    only: str | None = None,
    force: bool = False,
    home: Path | None = None,
    clock: Clock | None = None,
) -> Restored:
    """Put a backup, the newest without a name, in the place of what is there; all of it, or nothing yet.

    Without `force` nothing that is there is touched.
    """
    home = (home or home_of()).absolute()  # the steps are for whoever comes after, wherever that one stands
    clock = clock or MachineClock()
    disk.make(home)
    ready = home / READY
    with disk.alone(backups_folder(home) / LOCK):
        await finish(ready, home, force=force, clock=clock)
        backup = asked(name, home)
        manifest = backup.manifest()
        wanted = [source(part, home) for part in chosen(manifest, only)]
        check_room("a restore", home, manifest.bytes)
        there = [each for each in wanted if await is_there(each)]
        if there and not force:
            raise CryptoflowError(
                f"there is a {' and a '.join(each.name for each in there)} already",
                fix=f"--force sets aside what is there and restores {backup.name}",
                code=ExitCode.REFUSED,
            )
        for each in there:
            await check_free(each, clock)
        stamp = name_of(clock.now())
        try:
            unpack(backup, manifest, ready, only)
            check(backup.name, manifest, ready, only, rebuilds=False)
            steps = await planned(home, wanted, stamp)
        except BaseException:
            shutil.rmtree(ready, ignore_errors=True)
            raise
        promise(ready, steps)
        await carry_out(ready, steps, home, force=force, clock=clock)
    return Restored(backup, manifest, [each.name for each in wanted], told_aside(steps, there))


def chosen(manifest: Manifest, only: str | None) -> list[str]:
    """Return the parts of a backup that are wanted."""
    names = [part.name for part in manifest.parts]
    if only is None:
        return names
    if only not in names:
        raise CryptoflowError(
            f"there is no {only} in this backup", fix=f"it has {', '.join(names)}", code=ExitCode.USAGE
        )
    return [only]


async def is_there(source: Source) -> bool:
    """Say whether something would have to go aside."""
    return source.target.exists() and (
        source.target.file is not None or (await status(source.target)).found is not None
    )


async def check_free(there: Source, clock: Clock) -> None:
    """Refuse to take a database away from a process that uses it."""
    file = there.target.file
    if file is not None and is_open(file):
        raise CryptoflowError(f"{file} is in use", fix=IN_USE, code=ExitCode.REFUSED)
    if file is None and (await status(there.target)).ready:
        server = there.target.open()
        try:
            async with reachable(server), server.reading() as connection:
                await connection.run_sync(check_leases, clock)
        finally:
            await server.close()


async def planned(home: Path, wanted: Sequence[Source], stamp: str) -> Steps:
    """Return what puts unpacked files in their places; a server's tables are built beside those in use on the way."""
    files, room, database = [], "", ""
    for each in wanted:
        place, unpacked = each.target.file, home / READY / each.file
        if place is None:
            room, database = ROOM_READY, each.target.place
            await clear(each.target.url, ROOM_READY)
            await fill(each.target.url, room, unpacked)
            continue
        place = place.absolute()
        near = place.with_name(place.name + NEAR)
        disk.make(place.parent)
        shutil.move(unpacked, near)  # its place may be on another disk
        disk.sync(near)
        files.append(Step(str(near), str(place), str(aside_of(place, home, stamp) / place.name)))
    return Steps(files, room, room_aside(stamp) if room else "", database)


def aside_of(place: Path, home: Path, stamp: str) -> Path:
    """Return the folder that a file goes to, on the disk that it lies on."""
    if place.is_relative_to(home):
        return home / ASIDE / stamp / place.parent.relative_to(home)
    return place.parent / ASIDE / stamp


def room_aside(stamp: str) -> str:
    """Return the room of what was in a server's database before.

    >>> room_aside("2023-11-14T22-13-20.123Z")
    'cryptoflow_set_aside_20231114t221320123z'
    """
    return f"{ROOM_ASIDE}_{stamp.replace('-', '').replace('.', '').lower()}"


def told_aside(steps: Steps, there: Sequence[Source]) -> list[str]:
    """Return where what was there before is now."""
    places = {str(each.target.file.absolute()) for each in there if each.target.file is not None}
    files = [step.aside for step in steps.files if step.place in places]
    served = any(each.target.file is None for each in there)
    return [*files, *([f"schema {steps.aside}"] if served else [])]
