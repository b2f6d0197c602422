"""The last step of a restore: what is there goes aside and what is ready takes its place, all of it in the end.

The steps are written down before the first is done. Whoever is killed among them leaves the list behind, and the next
restore or backup does the rest; a step that is done already is not done again.
"""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cryptoflow.market.store import disk
from cryptoflow.pipelines.databases.opening import reachable
from cryptoflow.pipelines.databases.targets import shared
from cryptoflow.storage.copying.online import SIDECARS
from cryptoflow.storage.copying.schemas import exchange

READY = "restoring"
"""The folder in the state folder for what is made ready."""

LIST = "steps.json"


class Step(NamedTuple):
    """A file that is ready to take its place, and where goes what has it now."""

    ready: str
    place: str
    aside: str


class Steps(NamedTuple):
    """What is to be done; `ready` and `aside` are rooms of the shared database where that is on a server."""

    files: Sequence[Step]
    ready: str = ""
    aside: str = ""


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
    return Steps([Step(*each) for each in told["files"]], told["ready"], told["aside"])


async def finish(ready: Path, home: Path | None = None) -> None:
    """Do what is left of a restore that was killed: the rest of it, or away with what was not promised yet."""
    steps = promised(ready)
    if steps is not None:
        await carry_out(ready, steps, home)
    elif ready.exists():
        shutil.rmtree(ready)


async def carry_out(folder: Path, steps: Steps, home: Path | None = None) -> None:
    """Do what is left of the steps, then forget them."""
    if steps.ready:
        database = shared(home).open()
        try:
            async with reachable(database), database.writing() as connection:
                await connection.run_sync(exchange, steps.ready, steps.aside)
        finally:
            await database.close()
    for step in steps.files:
        set_aside(step)
        put_in_place(step)
    (folder / LIST).unlink()
    shutil.rmtree(folder)


def set_aside(step: Step) -> None:
    """Move what is in a place elsewhere, unless that is done or what follows it."""
    place, aside = Path(step.place), Path(step.aside)
    disk.make(aside.parent)
    for ending in ("", *SIDECARS):
        old, new = place.with_name(place.name + ending), aside.with_name(aside.name + ending)
        if Path(step.ready).exists() and old.exists() and not new.exists():
            old.rename(new)
    disk.settle(aside.parent)


def put_in_place(step: Step) -> None:
    """Let a file take its place, unless that is done."""
    ready, place = Path(step.ready), Path(step.place)
    if ready.exists():
        ready.rename(place)
    disk.settle(place.parent)
