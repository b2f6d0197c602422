"""Files that are there as a whole or not at all, whatever happens on the way."""

import errno
import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import get_ident

from cryptoflow.errors import CryptoflowError, ExitCode

UNFINISHED = ".unfinished"
"""How the names of files end that are being written; one that stays behind means nothing."""

FULL = {errno.ENOSPC, errno.EDQUOT}

PATIENCE, PAUSE = 20.0, 0.02
"""Seconds that a process waits for another one that is writing, and between two looks."""

REMOVED = 10
"""Looks at which the folder of a lock may be gone again before that is an error."""


def put(path: Path, *parts: bytes | memoryview) -> None:
    """Write a file and let it take its name when all of it is on the disk; `settle` makes sure of the name."""
    with replaced(path) as unfinished:
        _write(unfinished, parts)


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Name a file to write, which takes the name `path` when it is written and on the disk, or else is gone again."""
    unfinished = path.with_name(f"{path.name}-{os.getpid()}-{get_ident()}{UNFINISHED}")
    try:
        yield unfinished
        sync(unfinished)
        unfinished.rename(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise


def _write(path: Path, parts: Iterable[bytes | memoryview]) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    try:
        for part in parts:
            rest = memoryview(part).cast("B")
            while rest:
                rest = rest[os.write(file, rest) :]
    finally:
        os.close(file)


def settle(folder: Path) -> None:
    """Let the names that files of a folder have taken outlive a power cut."""
    sync(folder)


def sync(path: Path) -> None:
    """Let what a file or folder holds outlive a power cut."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def make(folder: Path) -> None:
    """Make a folder and those above it, to outlive a power cut."""
    missing = [each for each in (folder, *folder.parents) if not each.is_dir()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        settle(each.parent)


@contextmanager
def alone(file: Path, patience: float = PATIENCE) -> Iterator[int]:
    """Hold a lock that one process at a time has, or say who to ask; it falls when its holder dies.

    Its folder is made where it is not there, and made again when whoever had the lock has removed it.
    """
    # Looks are counted, not timed: under virtual time no clock moves while another process works.
    for look in range(max(1, round(patience / PAUSE))):
        try:
            make(file.parent)
            opened = _locked(file)
        except (FileNotFoundError, FileExistsError):  # it may go while it is being made, too
            if look >= REMOVED:
                raise
            opened = None
        if opened is not None:
            break
        time.sleep(PAUSE)
    else:
        raise CryptoflowError(
            f"{file} has been locked by another process for {patience:g} s",
            fix=f"wait until that one is done, or end it: `fuser {file}` names it",
            code=ExitCode.UNAVAILABLE,
        )
    try:
        yield opened
    finally:
        os.close(opened)


def _locked(file: Path) -> int | None:
    """The file, opened and locked; None while another one has it, or has removed it."""
    opened = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    with suppress(BlockingIOError, FileNotFoundError):
        # Whoever had the lock may have removed the file: a lock on what has no name any more keeps nobody out.
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(opened), file.stat()):
            return opened
    os.close(opened)
    return None


@contextmanager
def written(what: str, folder: Path) -> Iterator[None]:
    """Say in our words that a disk does not take what is being written."""
    try:
        yield
    except OSError as error:
        full = error.errno in FULL
        raise CryptoflowError(
            f"{what} cannot be written to {folder}: {error.strerror or error}",
            fix=f"{'free some space, or ' if full else ''}name another folder with CRYPTOFLOW_HOME; "
            "what was there is as it was",
            code=ExitCode.UNAVAILABLE,
        ) from error
