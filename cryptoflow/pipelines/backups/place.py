"""Where backups lie: a folder for each, named after the moment at which it was taken."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode, Problem
from cryptoflow.pipelines.backups.manifest import Manifest, read
from cryptoflow.pipelines.home import home_of
from cryptoflow.settings import settings

FOLDER, MANIFEST, LOCK = "backups", "manifest.json", ".lock"

DATABASE = "database"
"""What the database that processes share is called in a backup."""

BEGUN = ".part"
"""What the name of a backup ends in while it is written, and again while it is removed."""

SCRATCH = "cryptoflow-scratch-"
"""What the name of a folder begins with in which a backup is looked at; it ends in `BEGUN`."""

NAME = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z")
LEFT = re.compile(rf"({NAME.pattern}|{SCRATCH}[a-z0-9_]+){re.escape(BEGUN)}")
"""How folders of ours are named; whatever else people keep beside them is not touched."""


class Damaged(CryptoflowError):
    """A backup is not as it was written: what is wrong is named, file by file."""

    def __init__(self, name: str, wrong: Iterable[str]) -> None:
        fix = "`cryptoflow backup list` shows the others; `cryptoflow backup restore NAME` takes one of them"
        super().__init__(
            (Problem(f"the backup {name} is damaged: {each}", fix=fix) for each in wrong), code=ExitCode.PROOF_FAILED
        )


def lacking(name: str, manifest: Manifest) -> list[Problem]:
    """Return what to say of what a backup holds no good copy of."""
    asis = f"`cryptoflow backup restore {name}` leaves it out; with `--only"
    took = f"the backup {name} holds"
    damaged, unusable = manifest.damaged.items(), manifest.unusable.items()
    return [
        *(
            Problem(
                f"{took} {part}, which was damaged when it was taken: {'; '.join(wrong)}",
                fix=f"{asis} {part}` it is restored as it is",
            )
            for part, wrong in damaged
        ),
        *(
            Problem(
                f"{took} nothing of {part}, as that could not be used when it was taken: {'; '.join(why)}",
                fix="cryptoflow backup create",
            )
            for part, why in unusable
        ),
    ]


def code_of(held: Manifest) -> ExitCode:
    """Return what a command ends with that was about all of a backup, which lacks some."""
    return ExitCode.PROOF_FAILED if held.damaged else ExitCode.UNAVAILABLE


class Backup(NamedTuple):
    """A backup on the disk."""

    folder: Path

    @property
    def name(self) -> str:
        """Return what people call it."""
        return self.folder.name

    def manifest(self) -> Manifest:
        """Return what it says of itself."""
        try:
            return read((self.folder / MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise Damaged(self.name, [f"{MANIFEST} is gone"]) from error
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(self.name, [f"{MANIFEST}: {error}"]) from error

    def wrong(self) -> list[str]:
        """Return what a quick look finds wrong: a file that is gone, or not as long as it was."""
        try:
            manifest = self.manifest()
        except Damaged as error:
            return [problem.what.partition("damaged: ")[2] for problem in error.problems]
        files = [(self.folder / part.file, part.bytes) for part in manifest.parts if part.file]
        return [what for file, size in files if (what := size_wrong(file, size))]


def size_wrong(file: Path, size: int) -> str:
    """Return what is wrong with a file at first sight, nothing where all is well."""
    if not file.is_file():
        return f"{file.name} is gone"
    found = file.stat().st_size
    return "" if found == size else f"{file.name} has {found:,} bytes, not {size:,}"


def backups_folder(home: Path | None = None) -> Path:
    """Return the folder of backups."""
    asked = settings().backups
    return asked.expanduser() if asked is not None else (home or home_of()) / FOLDER


def name_of(taken_at: int) -> str:
    """Return the name of a backup, by which they sort in time.

    >>> name_of(1_700_000_000_123)
    '2023-11-14T22-13-20.123Z'
    """
    return f"{datetime.fromtimestamp(taken_at // 1000, UTC):%Y-%m-%dT%H-%M-%S}.{taken_at % 1000:03}Z"


def kept(home: Path | None = None) -> list[Backup]:
    """Return every backup, the newest last."""
    folder = backups_folder(home)
    return [Backup(each) for each in _folders(folder, NAME)]


def left_over(folder: Path) -> list[Path]:
    """Return what is left of backups, and of looks at them, that were killed; whoever asks has the lock."""
    return _folders(folder, LEFT)


def _folders(folder: Path, named: re.Pattern[str]) -> list[Path]:
    found = [each for each in folder.glob("*") if named.fullmatch(each.name)]
    return sorted(each for each in found if each.is_dir() and not each.is_symlink())


def asked(name: str | None, home: Path | None = None) -> Backup:
    """Return the backup of a name, or without one the newest."""
    found = kept(home)
    if not found:
        fix = "name the folder in which there are some with CRYPTOFLOW_BACKUPS; `cryptoflow backup create` makes one"
        raise CryptoflowError(f"there is no backup in {backups_folder(home)}", fix=fix)
    if name is None:
        return found[-1]
    for each in found:
        if each.name == name:
            return each
    raise CryptoflowError(f"there is no backup {name}", fix="cryptoflow backup list")
