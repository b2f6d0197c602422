"""A backup's files put elsewhere, each byte compared on the way."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from cryptoflow.market.store import disk
from cryptoflow.pipelines.backups.manifest import Manifest, Part
from cryptoflow.pipelines.backups.place import Backup, Damaged, size_wrong

PIECE = 2**20


def unpack(backup: Backup, manifest: Manifest, folder: Path, only: str | None = None) -> None:
    """Copy a backup's files, or one, into a folder; what is not as it was written is named, all of it."""
    wanted = [part for part in manifest.parts if part.file and only in (None, part.name)]
    wrong = [what for part in wanted if (what := _copy(backup.folder / part.file, folder / part.file, part))]
    if wrong:
        raise Damaged(backup.name, wrong)


def digest(file: Path) -> str:
    """Return the sha256 of a file."""
    found = sha256()
    for piece in pieces(file):
        found.update(piece)
    return found.hexdigest()


def _copy(source: Path, file: Path, part: Part) -> str:
    """Copy a file; returns what is wrong with it."""
    wrong = size_wrong(source, part.bytes)
    if wrong:
        return wrong
    disk.make(file.parent)
    found = sha256()
    with disk.replaced(file) as unfinished, unfinished.open("wb") as written:
        for piece in pieces(source):
            found.update(piece)
            written.write(piece)
    return "" if found.hexdigest() == part.sha256 else f"{part.file} is not as it was written"


def pieces(file: Path) -> Iterator[bytes]:
    """Yield what a file holds, a piece at a time."""
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            yield piece
