"""The last step of a restore: what is there goes aside and what is ready takes its place, all of it in the end.

The steps are written down before the first is done. Whoever is killed among them leaves the list behind, and the next
restore or backup does the rest; a step that is done already is not done again. Meanwhile processes may have gone on, or
begun anew in an empty place: nothing is taken away from one that runs, nothing goes aside without leave, and nothing is
ever written over.
"""

import errno
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from cryptoflow.clock import Clock, MachineClock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.store import disk
from cryptoflow.pipelines.databases.opening import reachable
from cryptoflow.pipelines.databases.targets import shared
from cryptoflow.storage.copying.online import SIDECARS, is_open
from cryptoflow.storage.copying.schemas import exchange, keep_out, rooms
from cryptoflow.storage.leases.grants import LEASES, held
from cryptoflow.storage.migrating import newest, revision

READY = "restoring"
"""The folder in the state folder for what is made ready."""

LIST = "steps.json"

NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""What a file system says that gives a file no second name."""

IN_USE = "end the process that uses it: what it writes from now on would be lost"
LEAVE = "`cryptoflow backup restore --force` sets aside what is there, ends that restore and restores"


class Step(NamedTuple):
    """A file that is ready to take its place, and where goes what has it now."""

    ready: str
    place: str
    aside: str

    @property
    def is_done(self) -> bool:
        """Say whether it has its place; then what happens there is no business of ours any more."""
        ready, place = Path(self.ready), Path(self.place)
        return not ready.exists() or (place.exists() and place.samefile(ready))


class Steps(NamedTuple):
    """What is to be done; `ready` and `aside` are rooms of `database`, the shared one, where that is on a server."""

    files: Sequence[Step]
    ready: str = ""
    aside: str = ""
    database: str = ""


def promise(folder: Path, steps: Steps) -> None:
    """Write down what will be done: from now on it will be done, by this process or by the next restore."""
    disk.put(folder / LIST, json.dumps(steps._asdict(), indent=2).encode())
    disk.settle(folder)


def promised(folder: Path) -> Steps | None:
    """Return what an earlier restore has begun."""
    try:
        told = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Steps([Step(*each) for each in told["files"]], told["ready"], told["aside"], told["database"])


async def finish(ready: Path, home: Path | None = None, *, force: bool = False, clock: Clock | None = None) -> None:
    """Do what is left of a restore that was killed: the rest of it, or away with what was not promised yet."""
    steps = promised(ready)
    if steps is not None:
        await carry_out(ready, steps, home, force=force, clock=clock)
    elif ready.exists():
        shutil.rmtree(ready)


async def carry_out(
    folder: Path, steps: Steps, home: Path | None = None, *, force: bool = False, clock: Clock | None = None
) -> None:
    """Do what is left of the steps, then forget them; without `force` nothing more goes aside."""
    for step in steps.files:
        check_place(step, force)
    if steps.ready:
        await _exchange(steps, home, force, clock or MachineClock())
    for step in steps.files:
        check_place(step, force)  # again: the steps before it may have taken long
        set_aside(step)
        put_in_place(step)
    (folder / LIST).unlink()
    shutil.rmtree(folder)


def check_place(step: Step, force: bool) -> None:
    """Refuse a step that would take a file away from a process, or from people who did not say that it may go."""
    place = Path(step.place)
    if step.is_done or not place.exists():
        return
    if Path(step.aside).exists():
        if is_claim(place):
            return
        raise made_anew(step)
    if not force:
        raise CryptoflowError(f"{place} is there", fix=LEAVE, code=ExitCode.REFUSED)
    if is_open(place):
        raise CryptoflowError(f"{place} is in use", fix=IN_USE, code=ExitCode.REFUSED)


def made_anew(step: Step) -> CryptoflowError:
    """Say that somebody has begun a new file where a restore was killed, which may hold what nothing else does."""
    return CryptoflowError(
        f"{step.place} was made anew since a restore began, and may hold what {step.aside} and the backup do not",
        fix="end what uses it and move it elsewhere with what lies beside it; then run the same command again",
        code=ExitCode.REFUSED,
    )


async def _exchange(steps: Steps, home: Path | None, force: bool, clock: Clock) -> None:
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
            await connection.run_sync(_exchange_rooms, steps, force, clock)
    finally:
        await database.close()


def _exchange_rooms(connection: Connection, steps: Steps, force: bool, clock: Clock) -> None:
    if steps.ready not in rooms(connection, steps.ready):
        return  # done already
    found = revision(connection)
    if found is not None and not force:
        raise CryptoflowError(f"there is a database in {steps.database}", fix=LEAVE, code=ExitCode.REFUSED)
    if found == newest():
        keep_out(connection, LEASES.name)
        check_leases(connection, clock)
    exchange(connection, steps.ready, steps.aside)


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
    if place.exists() and not aside.exists():
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
            _name(ready, place)
        except FileExistsError as error:
            raise made_anew(step) from error
        disk.settle(place.parent)
    ready.unlink(missing_ok=True)
    disk.settle(place.parent)


def _name(ready: Path, place: Path) -> None:
    """Give a file its name, which, unlike a move, never takes the place of another."""
    try:
        os.link(ready, place)
    except FileExistsError:
        if not is_claim(place):
            raise
        ready.rename(place)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))  # the name is ours, and nobody else's
        ready.rename(place)


def is_claim(place: Path) -> bool:
    """Say whether a file is empty, as one is by which a name was claimed that no second name can be given to."""
    return place.is_file() and place.stat().st_size == 0
