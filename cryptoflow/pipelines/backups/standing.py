"""What a command leaves behind that is stopped now: told as it goes on, for whoever presses Ctrl-C."""

from collections.abc import Callable
from pathlib import Path

from cryptoflow.pipelines.backups.moving import promised

Leaves = Callable[[str], None]
"""Whoever is told what a stop would leave from now on."""

UNTOUCHED = "nothing was changed"
HALF = "files have begun to change places; `cryptoflow backup restore --force` ends that"


def left_of(ready: Path) -> str:
    """Return what a stop leaves while an earlier restore is finished, if there is one to finish."""
    return HALF if promised(ready) else UNTOUCHED


def untold(_: str) -> None:
    """Tell nobody."""
