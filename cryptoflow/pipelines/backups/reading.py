"""Backups that are only read, also from a disk on which nothing can be written."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

from cryptoflow.market.store import disk
from cryptoflow.pipelines.backups.place import LOCK, backups_folder, left_over
from cryptoflow.pipelines.home import home_of

READS = "backups.lock"
"""The lock in the state folder of whoever reads backups that nobody here can write."""


@contextmanager
def reading(home: Path | None = None) -> Iterator[Path]:
    """Keep backups as they are while they are read, and yield the folder for scratch copies of them.

    A backup that begins would sweep those away, so both wait for each other. Where nothing can be written beside the
    backups, none begins there: then scratch copies lie in the state folder, or among temporary files.
    """
    backups, state = backups_folder(home), home or home_of()
    if os.access(next(each for each in (backups, *backups.absolute().parents) if each.exists()), os.W_OK):
        with disk.alone(backups / LOCK):
            yield backups
    elif os.access(state, os.W_OK):
        with disk.alone(state / READS):
            for left in left_over(state):
                shutil.rmtree(left)
            yield state
    else:
        yield Path(gettempdir())
