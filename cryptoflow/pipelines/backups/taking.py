"""One database into a backup: one state of it where it is good, its bytes as they are where it is damaged."""

import errno
import os
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.store import disk
from cryptoflow.pipelines.backups.manifest import Part
from cryptoflow.pipelines.backups.sources import Source, served
from cryptoflow.pipelines.backups.unpacking import digest
from cryptoflow.storage.away import words
from cryptoflow.storage.copying.online import SIDECARS, Contents, contents, copy_file, is_database

LOG = "-wal"
"""What the file beside a database is called in which its last commits may be."""


async def taken(source: Source, folder: Path) -> list[Part]:
    """Write a database into the folder of a backup while others go on writing to it; return what there is to say of it.

    A damaged one hinders nobody: what can be read of it is kept, and what is wrong with it is told.
    """
    file, original = folder / source.file, source.target.file
    if original is None:
        wrong = await _served(source, file)
        return _kept(source, file, wrong) if wrong else [_good(source, file, contents(file))]
    try:
        with original.open("rb"):
            pass
    except OSError as error:
        return [_part(source, file, (f"it cannot be read: {error.strerror}",))]
    with disk.written("a backup", folder):
        found = _copied(original, file)
        if isinstance(found, Contents):
            return [_good(source, file, found)]
        for ending in ("", *SIDECARS, "-journal"):
            file.with_name(file.name + ending).unlink(missing_ok=True)
        return _kept(source, file, (found, *_bytes_copied(original, file)))


def marked(parts: Sequence[Part], wrong: dict[str, list[str]]) -> list[Part]:
    """Return parts with what a look at them found wrong, by their files."""
    return [part.unproved._replace(damaged=wrong[part.file]) if part.file in wrong else part for part in parts]


async def _served(source: Source, file: Path) -> Sequence[str]:
    """Write a server's database as a file; returns what is wrong with the original."""
    try:
        await served(source.target, file)
    except CryptoflowError as error:
        if error.code != ExitCode.PROOF_FAILED:
            raise
        return [problem.what for problem in error.problems]
    return ()


def _copied(original: Path, file: Path) -> Contents | str:
    """Copy a file as SQLite does, and return what it holds, or why it is no database that could be used."""
    if not is_database(original):
        return "file is not a database" if original.stat().st_size else "it is empty"
    try:
        copy_file(original, file)
        found = contents(file)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        return str(error)
    except DatabaseError as error:
        return words(error)
    return found if found.rows else "it is empty"


def _bytes_copied(original: Path, file: Path) -> Sequence[str]:
    """Copy a file and its log byte by byte; returns what cannot be read of them."""
    wrong = []
    for ending in ("", LOG):
        source = original.with_name(original.name + ending)
        try:
            opened = source.open("rb")
        except FileNotFoundError:
            continue
        except OSError as error:
            wrong.append(f"{source.name} cannot be read: {error.strerror}")
            continue
        with opened, file.with_name(file.name + ending).open("wb") as copy:
            shutil.copyfileobj(opened, copy)
    return wrong


def _kept(source: Source, file: Path, wrong: Sequence[str]) -> list[Part]:
    """Return what there is to say of the files of a damaged database."""
    there = [each for ending in ("", LOG) if (each := file.with_name(file.name + ending)).exists()]
    return [_part(source, each, wrong) for each in there]


def _good(source: Source, file: Path, held: Contents) -> Part:
    return _part(source, file)._replace(revision=held.revision or "", rows=held.rows, heads=held.heads)


def _part(source: Source, file: Path, damaged: Sequence[str] = ()) -> Part:
    if not file.exists():
        return Part(source.name, "", 0, "", "", {}, {}, damaged)
    disk.sync(file)
    name = source.file + file.name.removeprefix(Path(source.file).name)
    return Part(source.name, name, file.stat().st_size, digest(file), "", {}, {}, damaged)
