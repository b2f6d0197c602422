"""What a restore will do, written down first, for whoever comes after one that was killed."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.store import disk

READY = "restoring"
"""The folder in the state folder for what is made ready."""

LIST = "steps.json"


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
    """What is to be done; `ready` and `aside` are rooms of `database`, the shared one, where that is on a server.

    `fenced` is the file that is ready to become the shared database: its tokens rise as it takes its place.
    """

    files: Sequence[Step]
    ready: str = ""
    aside: str = ""
    database: str = ""
    fenced: str = ""


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
    return Steps(**{**told, "files": [Step(*each) for each in told["files"]]})


def made_anew(step: Step) -> CryptoflowError:
    """Say that somebody has begun a new file where a restore was killed, which may hold what nothing else does."""
    return CryptoflowError(
        f"{step.place} was made anew since a restore began, and may hold what {step.aside} and the backup do not",
        fix="end what uses it and move it elsewhere with what lies beside it; then run the same command again",
        code=ExitCode.REFUSED,
    )
