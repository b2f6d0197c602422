"""What a command leaves behind that is stopped now: told as it goes on, for whoever presses Ctrl-C."""

from collections.abc import Callable, Sequence
from pathlib import Path

from cryptoflow.pipelines.backups.promising import promised

Leaves = Callable[[str], None]
"""Whoever is told what a stop would leave from now on."""

UNTOUCHED = "nothing was changed"
HALF = "files have begun to change places; `cryptoflow backup restore --force` ends that"


def left_of(ready: Path) -> str:
    """Return what a stop leaves while an earlier restore is finished, if there is one to finish."""
    return HALF if promised(ready) else UNTOUCHED


def said_odd(name: str, odd: Sequence[str]) -> str:
    """Return what to say of a good database that is not built as it must be."""
    return f"{name} is good, but not built as it must be: {'; '.join(odd)}; `cryptoflow db check --mend` puts that back"


def said_unread(what: str) -> str:
    """Return what to say of a part that may know of fencing tokens above those of the database in use."""
    return f"{what}; tokens that only it knew may be given again: end whatever still acts under an older lease"


def untold(_: str) -> None:
    """Tell nobody."""
