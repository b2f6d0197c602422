"""`backup restore`: a backup in the place of what is there, which goes aside and is never deleted."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cryptoflow.clock import Clock, MachineClock
from cryptoflow.errors import CryptoflowError, ExitCode, Problem
from cryptoflow.market.store import disk
from cryptoflow.pipelines.backups.fencing import seen_by
from cryptoflow.pipelines.backups.manifest import Manifest
from cryptoflow.pipelines.backups.moving import IN_USE, carry_out, check_leases, fenced_by, finish
from cryptoflow.pipelines.backups.place import DATABASE, Backup, asked, code_of, name_of
from cryptoflow.pipelines.backups.planning import near_of, planned
from cryptoflow.pipelines.backups.promising import READY, Steps, promise
from cryptoflow.pipelines.backups.proving import check
from cryptoflow.pipelines.backups.reading import reading
from cryptoflow.pipelines.backups.room import check_room
from cryptoflow.pipelines.backups.sources import Source, source
from cryptoflow.pipelines.backups.standing import HALF, UNTOUCHED, Leaves, left_of, said_odd, said_unread, untold
from cryptoflow.pipelines.backups.taking import LOG
from cryptoflow.pipelines.backups.unpacking import unpack
from cryptoflow.pipelines.backups.ways_back import last_copy, newest_with
from cryptoflow.pipelines.databases.opening import reachable
from cryptoflow.pipelines.databases.revisions import status
from cryptoflow.pipelines.home import home_of
from cryptoflow.storage.copying.online import is_open


class Restored(NamedTuple):
    """A backup that is in use again, and where lies what was there before, if anything was.

    `manifest` tells of what was restored; what the backup holds damaged is `left_out` unless it was asked for. `unread`
    is what could not be read that may know of fencing tokens which the restored database gives again; `passed_over` is
    what newer backups hold instead of what was asked for.
    """

    backup: Backup
    manifest: Manifest
    aside: Sequence[str]
    left_out: Mapping[str, Sequence[str]]
    unread: Sequence[str]
    passed_over: Sequence[str] = ()

    @property
    def parts(self) -> Sequence[str]:
        """Return what was restored."""
        return self.manifest.names

    def facts(self) -> dict[str, Any]:
        """Return it as plain values."""
        told = {"backup": self.backup.name, "taken_at": self.manifest.taken_at, "parts": list(self.parts)}
        heads = {account: head._asdict() for account, head in self.manifest.heads.items()}
        damaged = {"damaged": self.manifest.damaged, "left_out": dict(self.left_out)}
        more = {"odd": self.manifest.odd, "tokens_not_read": list(self.unread), "passed_over": list(self.passed_over)}
        return {**told, "heads": heads, "set_aside": list(self.aside), **damaged, **more}

    def remarks(self) -> list[str]:
        """Return what its owner should know of what is in use now."""
        built = [said_odd(name, odd) for name, odd in self.manifest.odd.items()]
        passed = [f"{'; '.join(self.passed_over)}; so an older one was taken"] if self.passed_over else []
        return [*passed, *built, *map(said_unread, self.unread)]

    def trouble(self, home: Path | None = None) -> CryptoflowError | None:
        """Return what to say of what is not as it was when it was good, None where all is."""
        found = lacks(self.backup, self.left_out, self.manifest.damaged, home)
        code = ExitCode.PROOF_FAILED if self.manifest.damaged else code_of(self.backup.manifest())
        return CryptoflowError(found, code=code) if found else None


def lacks(
    backup: Backup, left_out: Mapping[str, Sequence[str]], damaged: Mapping[str, Sequence[str]], home: Path | None
) -> list[Problem]:
    """Return what to say of what a restore leaves out, and of what it takes as it is."""
    found, held = [], backup.manifest()
    for name, wrong in {**left_out, **damaged}.items():
        asis = ""
        if name in damaged:
            what = f"{name} is restored as it was taken, and it was damaged then"
        elif name in held.damaged:
            what = f"{name} is left out; it was damaged when it was taken"
            asis = f"`cryptoflow backup restore {backup.name} --only {name} --force` takes it as it is"
        else:
            what = f"{name} is left out; it could not be used when the backup was taken"
        good = last_copy(name, home, held.reached.get(name)) or "no backup holds it whole"
        found.append(Problem(f"{what}: {'; '.join(wrong)}", fix="; ".join(filter(None, (good, asis)))))
    return found


async def restore(
    name: str | None = None,
    *,
    only: str | None = None,
    force: bool = False,
    home: Path | None = None,
    clock: Clock | None = None,
    leaves: Leaves = untold,
) -> Restored:
    """Put a backup, the newest without a name, in the place of what is there; all of it, or nothing yet.

    Without `force` nothing that is there is touched. What the backup holds damaged is left out unless `only` names it;
    without a name, `only` is taken from the newest backup that holds it whole.
    """
    home = (home or home_of()).absolute()  # the steps are for whoever comes after, wherever that one stands
    clock = clock or MachineClock()
    disk.make(home)
    ready = home / READY
    with reading(home):
        leaves(left_of(ready))
        unread = [*await finish(ready, home, force=force, clock=clock)]
        leaves(UNTOUCHED)
        backup, passed = newest_with(only, home) if only and name is None else (asked(name, home), ())
        held = backup.manifest()
        left_out = {} if only else held.left_out
        manifest = chosen(backup, held, only)
        wanted = [source(part, home) for part in manifest.names]
        check_served(wanted, manifest)
        check_room("a restore", home, manifest.bytes)
        there = [each for each in wanted if await is_there(each)]
        if there and not force:
            what = f"there is a {' and a '.join(each.name for each in there)} already"
            refused = Problem(what, fix=f"--force sets aside what is there and restores {backup.name}")
            raise CryptoflowError([refused, *lacks(backup, left_out, manifest.damaged, home)], code=ExitCode.REFUSED)
        for each in there:
            await check_free(each, clock)
        stamp = name_of(clock.now())
        try:
            unpack(backup, manifest, ready)
            check(backup.name, manifest, ready, rebuilds=False)
            steps = await planned(home, wanted, stamp, fenced=DATABASE in manifest.good.names)
            if steps.fenced or steps.ready:
                seen_by(fenced_by(steps), home)  # what would be in the way later is told before anything is begun
        except BaseException:
            clear_away(ready, wanted)
            raise
        leaves(HALF)
        promise(ready, steps)
        unread += await carry_out(ready, steps, home, force=force, clock=clock)
        leaves(f"{backup.name} is restored")
    return Restored(backup, manifest, told_aside(steps, there), left_out, unread, passed)


def chosen(backup: Backup, held: Manifest, only: str | None) -> Manifest:
    """Return what a backup says of what is wanted: of all that is good, or of what was named."""
    names = held.names if only is None else [only]
    if only is not None and only not in held.names:
        fix = f"it has {', '.join(held.names)}"
        raise CryptoflowError(f"there is no {only} in this backup", fix=fix, code=ExitCode.USAGE)
    wanted = held.good if only is None else held.only(only)
    if not any(part.file for part in wanted.parts):
        wrong = "; ".join(f"{name}: {', '.join(held.left_out[name])}" for name in names)
        raise CryptoflowError(
            f"{backup.name} holds nothing of it that could be restored: {wrong}",
            fix="`cryptoflow backup list` shows the others; `cryptoflow backup restore NAME` takes one of them",
            code=code_of(held if only is None else wanted),
        )
    return wanted


def check_served(wanted: Sequence[Source], manifest: Manifest) -> None:
    """Refuse what no server could take in."""
    if any(each.target.file is None and each.name in manifest.damaged for each in wanted):
        raise CryptoflowError(
            "the backup holds the database damaged, and a server takes in only what is whole",
            fix="`cryptoflow backup list` shows the others; `cryptoflow backup restore NAME --only database` takes one",
            code=ExitCode.PROOF_FAILED,
        )


def clear_away(ready: Path, wanted: Sequence[Source]) -> None:
    """Remove what was made ready and is not needed."""
    shutil.rmtree(ready, ignore_errors=True)
    for each in wanted:
        if each.target.file is not None:
            for ending in ("", LOG):
                near_of(each.target.file, ending).unlink(missing_ok=True)


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


def told_aside(steps: Steps, there: Sequence[Source]) -> list[str]:
    """Return where what was there before is now."""
    places = {str(each.target.file.absolute()) for each in there if each.target.file is not None}
    files = [step.aside for step in steps.files if step.place in places]
    served = any(each.target.file is None for each in there)
    return [*files, *([f"schema {steps.aside}"] if served else [])]
