"""One database into a backup: one state of it where it is good, its bytes as they are where it is damaged."""

import errno
import os
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.exc import DatabaseError

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.store import disk
from cryptoflow.pipelines.backups.manifest import Part
from cryptoflow.pipelines.backups.proving import Look
from cryptoflow.pipelines.backups.sources import Source, served
from cryptoflow.pipelines.backups.unpacking import digest, pieces
from cryptoflow.storage import away
from cryptoflow.storage.copying.online import (
    SIDECARS,
    Contents,
    contents,
    copy_file,
    is_damage,
    is_database,
    is_refused,
    reached,
)

LOG = "-wal"
"""What the file beside a database is called in which its last commits may be."""


async def taken(source: Source, folder: Path) -> list[Part]:
    """Write a database into the folder of a backup while others go on writing to it; return what there is to say of it.

    A damaged one hinders nobody: what can be read of it is kept, and what is wrong with it is told. Of one that holds
    nothing yet there is nothing to say.
    """
    file, original = folder / source.file, source.target.file
    if original is None:
        wrong = await _served(source, file)
        if wrong.unusable:
            return [_part(source, file)._replace(unusable=wrong.unusable)]
        return _kept(source, file, wrong.damaged) if wrong.damaged else [_good(source, file, contents(file))]
    with disk.written("a backup", folder):
        found = _copied(original, file)
        if isinstance(found, Contents):
            return [_good(source, file, found)]
        _cleared(file)
        if found is None:
            return []
        if found.unusable:
            return [_part(source, file)._replace(unusable=found.unusable)]
        return _kept(source, file, (*found.damaged, *_bytes_copied(original, file)))


def marked(parts: Sequence[Part], looks: Mapping[str, Look], folder: Path) -> list[Part]:
    """Return parts with what a look at them found, by their files; of damaged ones with how far they had come."""
    seen = [
        part.unproved._replace(damaged=look.damaged)
        if (look := looks.get(part.file, Look())).damaged
        else part._replace(odd=look.odd)
        for part in parts
    ]
    return [
        part._replace(reached=reached(folder / part.file))
        if part.damaged and part.file and not part.file.endswith(LOG)
        else part
        for part in seen
    ]


def emptied(source: Source) -> list[Part]:
    """Return what there is to say of a database that holds nothing though it did."""
    return [_part(source, Path(source.file), ("it is empty, and was not when it was last backed up",))]


class Wrong(NamedTuple):
    """What is wrong with a file, or why it cannot be used though nothing may be wrong with it."""

    damaged: Sequence[str] = ()
    unusable: Sequence[str] = ()


async def _served(source: Source, file: Path) -> Wrong:
    """Write a server's database as a file; returns what is wrong with the original, or why it cannot be used."""
    try:
        await served(source.target, file)
    except CryptoflowError as error:
        words = [problem.what for problem in error.problems]
        if error.code == ExitCode.PROOF_FAILED:
            return Wrong(words)
        _cleared(file)
        return Wrong((), words)
    return Wrong()


def _copied(original: Path, file: Path) -> Contents | Wrong | None:
    """Copy a file as SQLite does, and return what it holds, None for nothing, or why that cannot be had."""
    try:
        if not is_database(original):
            log = original.with_name(original.name + LOG)
            is_empty = not original.stat().st_size and not (log.exists() and log.stat().st_size)
            return None if is_empty else Wrong(("file is not a database",))
    except OSError as error:
        words = (f"it cannot be read: {error.strerror}",)
        return Wrong(words) if error.errno == errno.EIO else Wrong((), words)
    file.touch()  # where a disk takes nothing, that is said in its words
    try:
        copy_file(original, file)
    except CryptoflowError as error:
        return Wrong((), [problem.what for problem in error.problems])
    except sqlite3.DatabaseError as error:
        check_disk(error)
        return Wrong((str(error),)) if is_damage(error) else Wrong((), (f"it cannot be used: {error}",))
    try:
        found = contents(file)
    except DatabaseError as error:
        check_disk(error)
        return Wrong((away.words(error),))
    return found if found.rows or found.revision else None


def _cleared(file: Path) -> None:
    """Remove what was written of a file, and what lies beside it."""
    for ending in ("", *SIDECARS, "-journal"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def check_disk(error: Exception) -> None:
    """Say in the words of the disk of a backup that it takes no more."""
    if is_refused(error):
        said = errno.ENOSPC if "full" in str(error) else errno.EIO
        raise OSError(said, os.strerror(said)) from error


def _bytes_copied(original: Path, file: Path) -> Sequence[str]:
    """Copy a file and its log byte by byte, as far as they can be read; returns where they cannot."""
    wrong = []
    for ending in ("", LOG):
        source, done = original.with_name(original.name + ending), 0
        rest = pieces(source)
        try:
            first = next(rest, b"")
        except FileNotFoundError:
            continue
        except OSError as error:
            wrong.append(f"{source.name} cannot be read: {error.strerror}")
            continue
        with file.with_name(file.name + ending).open("wb") as copy:
            piece: bytes | None = first
            while piece:
                done += copy.write(piece)
                try:
                    piece = next(rest, None)
                except OSError as error:
                    wrong.append(f"{source.name} cannot be read beyond its first {done:,} bytes: {error.strerror}")
                    break
    return wrong


def _kept(source: Source, file: Path, wrong: Sequence[str]) -> list[Part]:
    """Return what there is to say of a damaged database: of each of its files, or that nothing could be read."""
    there = [each for ending in ("", LOG) if (each := file.with_name(file.name + ending)).exists()]
    return [_part(source, each, wrong) for each in there or [file]]


def _good(source: Source, file: Path, held: Contents) -> Part:
    return _part(source, file)._replace(revision=held.revision or "", rows=held.rows, heads=held.heads)


def _part(source: Source, file: Path, damaged: Sequence[str] = ()) -> Part:
    if not file.exists():
        return Part(source.name, "", 0, "", "", {}, {}, damaged)
    disk.sync(file)
    name = source.file + file.name.removeprefix(Path(source.file).name)
    return Part(source.name, name, file.stat().st_size, digest(file), "", {}, {}, damaged)
