"""The two sides of a comparison: files, folders, revisions, or one file that git hands over."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from os.path import normpath
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptoflow.errors import CryptoflowError, Problem
from cryptoflow.pipelines.documents import Document, below, is_spec, sorted_out
from cryptoflow.pipelines.review.revisions import extract, inside
from cryptoflow.spec.document import Opener, display, on_disk

NOTHING = "/dev/null"
PARTS = ("strategies", "tiers", "env")
"""Folders of a project that hold parts of specs."""


@dataclass(frozen=True)
class Side:
    """Where one side's files are: a file or a folder, how its files are read, and what places in it are called."""

    root: Path
    documents: tuple[Document, ...]
    opener: Opener = on_disk
    scratch: tuple[str, ...] = ()
    label: str = ""

    def told(self, text: str) -> str:
        """A text in which places of a revision are called by it."""
        for folder in self.scratch:
            text = text.replace(folder, self.label)
        return text

    def problem(self, problem: Problem) -> Problem:
        """A mistake whose places are called by their revision."""
        where = problem.where and problem.where._replace(file=self.told(problem.where.file))
        return Problem(self.told(problem.what), where, self.told(problem.fix))

    def name(self, file: Path) -> str:
        """A file's name below the root."""
        return file.relative_to(self.root).as_posix() if file != self.root else file.name


@contextmanager
def side(text: str) -> Iterator[Side]:
    """The side a person names: a path, or `REV:path`."""
    revision, colon, path = text.partition(":")
    if Path(text).exists() or not colon:
        yield _found(Path(text), text)
        return
    with TemporaryDirectory(prefix="cryptoflow-") as scratch:
        folder = Path(scratch).resolve()
        extract(revision, folder)
        root = (folder / inside(path)).resolve()
        if not root.is_relative_to(folder):
            raise CryptoflowError(f"{path} is not in the repository, so no revision has it")
        found = _found(root, text)
        yield Side(found.root, found.documents, scratch=(f"{folder}/", f"{display(folder)}/"), label=f"{revision}:")


def _found(root: Path, text: str) -> Side:
    if not root.exists():
        fix = "paths after REV: start at the top of the repository; write REV:./path for one from here"
        raise CryptoflowError(f"there is no file {text}", fix=fix if ":" in text else "")
    return Side(root, tuple(below(root)) if root.is_dir() else (Document(root),))


def handed_over(path: Path, content: str) -> Side:
    """The project of a file, with the file's content taken from another file: what git compares with `diff.external`.

    Everything else is as it lies in the working tree.
    """
    root = project(path)
    given = None if content == NOTHING else Path(content).read_bytes()
    files = {*_around(root)} - {path} if given is None else {*_around(root), path}
    return Side(root, tuple(sorted_out(sorted(files))), partial(_instead, path, given))


def _around(root: Path) -> Iterator[Path]:
    """The specs of a project, and their parts; a project without `configs` has no folders but those that specs know."""
    if root.name == "configs":
        yield from (document.file for document in below(root))
        return
    for folder in (root, *(root / name for name in PARTS)):
        if folder.is_dir():
            files = (file for file in folder.iterdir() if not file.name.startswith("."))
            yield from (file for file in files if is_spec(file) and file.is_file())


def project(path: Path) -> Path:
    """The folder of specs that a file may be a part of: `configs` above it, or the folder around its own."""
    for parent in path.parents:
        if parent.name == "configs":
            return parent
    return path.parent.parent if path.parent.name in PARTS else path.parent


def _instead(path: Path, given: bytes | None, file: Path) -> bytes:
    if normpath(file) != normpath(path):
        return on_disk(file)
    if given is None:
        raise FileNotFoundError(file)
    return given
