"""The last step of a restore: what is there goes aside and what is ready takes its place, all of it in the end.

The steps are written down before the first is done. Whoever is killed among them leaves the list behind, and the next
restore or backup does the rest; a step that is done already is not done again. Meanwhile processes may have gone on, or
begun anew in an empty place: nothing is taken away from one that runs, nothing goes aside without leave, and nothing is
ever written over.
"""

import errno
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection

from cryptoflow.clock import Clock, MachineClock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.store import disk
from cryptoflow.pipelines.backups.fencing import highest, lift, lift_file, seen, seen_by
from cryptoflow.pipelines.backups.promising import LIST, Step, Steps, made_anew, promised
from cryptoflow.pipelines.databases.opening import reachable
from cryptoflow.pipelines.databases.targets import shared
from cryptoflow.pipelines.home import home_of
from cryptoflow.storage.copying.online import SIDECARS, is_open
from cryptoflow.storage.copying.schemas import exchange, keep_out, rooms
from cryptoflow.storage.leases.grants import LEASES, held
from cryptoflow.storage.migrating import newest, revision

NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""What a file system says that gives a file no second name."""

IN_USE = "end the process that uses it: what it writes from now on would be lost"
LEAVE = "`cryptoflow backup restore --force` sets aside what is there, ends that restore and restores"


async def finish(
    ready: Path, home: Path | None = None, *, force: bool = False, clock: Clock | None = None
) -> Sequence[str]:
    """Do what is left of a restore that was killed: the rest of it, or away with what was not promised yet.

    Returns what could not be read that may know of higher fencing tokens, as `carry_out` does.
    """
    steps = promised(ready)
    if steps is not None:
        return await carry_out(ready, steps, home, force=force, clock=clock)
    if ready.exists():
        shutil.rmtree(ready)
    return ()


async def carry_out(
    folder: Path, steps: Steps, home: Path | None = None, *, force: bool = False, clock: Clock | None = None
) -> Sequence[str]:
    """Do what is left of the steps, then forget them; without `force` nothing more goes aside.

    The tokens of a shared database rise as it takes its place, and no sooner: until then others may be given.
    """
    unread: Sequence[str] = ()
    for step in steps.files:
        check_place(step, force)
    if steps.ready:
        unread = await _exchange(steps, home, force, clock or MachineClock())
    for step in steps.files:
        check_place(step, force)  # again: the steps before it may have taken long
        set_aside(step)
        if step.ready == steps.fenced and not step.is_done:
            known = seen_by(fenced_by(steps), home or home_of())
            lift_file(Path(step.ready), known.tokens)
            unread = known.unread
        put_in_place(step)
    (folder / LIST).unlink()
    shutil.rmtree(folder)
    return unread


def fenced_by(steps: Steps) -> list[Path]:
    """Return the files of a restore that may know tokens: what is ready, what goes aside, what is in its place yet."""
    whole = [step for step in steps.files if not step.place.endswith(SIDECARS)]
    return [Path(each) for step in whole for each in (step.ready, step.place, step.aside)]


def check_place(step: Step, force: bool) -> None:
    """Refuse a step that would take a file away from a process, or from people who did not say that it may go."""
    place = Path(step.place)
    if step.is_done or not place.exists():
        return
    if is_claim(step):
        return
    if Path(step.aside).exists():
        raise made_anew(step)
    if not force:
        raise CryptoflowError(f"{place} is there", fix=LEAVE, code=ExitCode.REFUSED)
    if is_open(place):
        raise CryptoflowError(f"{place} is in use", fix=IN_USE, code=ExitCode.REFUSED)


async def _exchange(steps: Steps, home: Path | None, force: bool, clock: Clock) -> Sequence[str]:
    target = shared(home)
    if target.place != steps.database:
        raise CryptoflowError(
            f"a restore into {steps.database} was begun and not ended, and the shared database is now {target.place}",
            fix="name the former with CRYPTOFLOW_DATABASE_URL and run `cryptoflow backup restore --force`",
            code=ExitCode.REFUSED,
        )
    database = target.open()
    try:
        async with reachable(database), database.writing() as connection:
            return await connection.run_sync(_exchange_rooms, steps, home or home_of(), force, clock)
    finally:
        await database.close()


def _exchange_rooms(connection: Connection, steps: Steps, home: Path, force: bool, clock: Clock) -> Sequence[str]:
    if steps.ready not in rooms(connection, steps.ready):
        return ()  # done already
    found = revision(connection)
    if found is not None and not force:
        raise CryptoflowError(f"there is a database in {steps.database}", fix=LEAVE, code=ExitCode.REFUSED)
    if found == newest():
        keep_out(connection, LEASES.name)
        check_leases(connection, clock)
    known = highest([seen_by(fenced_by(steps), home), seen(connection)])
    lift(connection, known.tokens, steps.ready)
    exchange(connection, steps.ready, steps.aside)
    return known.unread


def check_leases(connection: Connection, clock: Clock) -> None:
    """Refuse to take a database away from whoever holds a lease in it."""
    for grant, left in held(connection, clock):
        raise CryptoflowError(
            f"{grant.holder} has the lease of {grant.account} for {left / 1000:.0f} s more",
            fix=IN_USE,
            code=ExitCode.LEASE_HELD,
        )


def set_aside(step: Step) -> None:
    """Move what is in a place elsewhere, unless that is done or what follows it."""
    place, aside = Path(step.place), Path(step.aside)
    if step.is_done:
        return
    disk.make(aside.parent)
    if place.exists() and not aside.exists() and not is_claim(step):
        place.rename(aside)
    if not place.exists():
        for ending in SIDECARS:
            old, new = place.with_name(place.name + ending), aside.with_name(aside.name + ending)
            if old.exists() and not new.exists():
                old.rename(new)
    disk.settle(aside.parent)
    disk.settle(place.parent)


def put_in_place(step: Step) -> None:
    """Let a file take its place, unless that is done; one that somebody has made there meanwhile stays."""
    ready, place = Path(step.ready), Path(step.place)
    if not step.is_done:
        try:
            os.link(ready, place)  # unlike a move, it never takes the place of another
        except OSError as error:
            if error.errno not in {errno.EEXIST, *NO_LINKS}:
                raise
            claim(step)
            ready.rename(place)
        disk.settle(place.parent)
    ready.unlink(missing_ok=True)
    disk.settle(place.parent)


def claim(step: Step) -> None:
    """Take a name where no file can be given a second one, with what SQLite opens as no database, nor as a new one."""
    try:
        claimed = os.open(step.place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    except FileExistsError as error:
        if not is_claim(step):
            raise made_anew(step) from error
        return
    os.write(claimed, _words(step))
    os.close(claimed)


def is_claim(step: Step) -> bool:
    """Say whether a place is claimed for what is ready: an empty file may be anybody's who has just opened it."""
    place, claimed = Path(step.place), _words(step)
    return place.is_file() and place.stat().st_size == len(claimed) and place.read_bytes() == claimed


def _words(step: Step) -> bytes:
    return f"this is the place of {step.ready}\n".encode()
