"""Read a YAML file into a tree: YAML 1.2 core rules, a place for everything, every mistake at once."""

import errno
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import yaml

from cryptoflow.errors import Place, Problem
from cryptoflow.spec.builder import Builder, TooMuchError
from cryptoflow.spec.grammar import explained, tabs
from cryptoflow.spec.nearest import nearest
from cryptoflow.spec.secrets import masked
from cryptoflow.spec.tree import Tree

MAX_BYTES = 1_000_000

Opener = Callable[[Path], bytes]


class Document(NamedTuple):
    """A file's tree, if it has one, and every mistake that reading it found."""

    tree: Tree | None
    problems: tuple[Problem, ...] = ()


def on_disk(file: Path) -> bytes:
    """The bytes of a file, or of standard input for `-`; of more than a spec may have, only enough to tell."""
    if str(file) == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    if file.exists() and not (file.is_file() or file.is_dir()):
        raise OSError(errno.EINVAL, "it is a device or a pipe, not a file")
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def load(file: Path, *, asked: Place | None = None, read: Opener = on_disk) -> Document:
    """Read a file; when there is none to read, the mistake is at the place that `asked` for it."""
    shown = display(file)
    try:
        content = read(file)
    except IsADirectoryError:
        return _failed(f"{shown} is a folder, not a file", asked, "name a file, like btc_trend.yaml")
    except (FileNotFoundError, NotADirectoryError):
        return _failed(f"there is no file {shown}", asked, _beside(file, asked))
    except (OSError, ValueError) as error:
        return _failed(f"{shown} cannot be read: {getattr(error, 'strerror', None) or error}", asked)
    document = parse(content, shown)
    return document._replace(problems=tuple(each._replace(where=each.where or asked) for each in document.problems))


def parse(content: bytes, file: str) -> Document:
    """Make a tree of the bytes of a file; `file` is the name that places show."""
    if len(content) > MAX_BYTES:
        return _failed(f"{file} is larger than {MAX_BYTES // 1000} kB", None, "a spec is a page or two of text")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = _byte(content, error.start, file)
        problem = Problem("the file is not UTF-8 text", where, "save it with the encoding UTF-8")
        return Document(None, tuple(masked([problem], ())))
    lines = text.splitlines()
    if tab := tabs(lines, file):
        return Document(None, tuple(masked([tab], (), lines)))
    builder = Builder(text, lines, file)
    tree: Tree | None = None
    try:
        tree = builder.document()
    except yaml.YAMLError as error:
        builder.problems.append(explained(error, text, lines, file))
    except TooMuchError as error:
        builder.problems.append(error.problem)
    problems = tuple(masked(builder.problems, (), lines)) if builder.problems else ()
    if tree is None and problems:
        return Document(None, problems)
    if tree is None:
        where = Place(file, 1, 1, lines[0] if lines else "")
        return _failed("the file is empty", where, "`cryptoflow init` writes a spec to start from")
    return Document(tree, problems)


def display(file: Path) -> str:
    """The name of a file as messages show it: relative to the current folder when inside it."""
    try:
        return str(file.relative_to(Path.cwd())) if file.is_absolute() else str(file)
    except ValueError:
        return str(file)


def _failed(what: str, where: Place | None, fix: str = "") -> Document:
    return Document(None, (Problem(what, where, fix),))


def _beside(file: Path, asked: Place | None) -> str:
    try:
        names = [each.name for each in file.parent.iterdir() if each.suffix in {".yaml", ".yml"}]
    except OSError:
        return f"there is no folder {display(file.parent)} either"
    near = nearest(file.name, names)
    if near:
        return f"did you mean `{near}`?"
    start = "a path starts at the folder of the file that names it"
    return start if asked else "`cryptoflow init` writes a spec to start from"


def _byte(content: bytes, position: int, file: str) -> Place:
    start = content.rfind(b"\n", 0, position) + 1
    before, line = content[start:position], content[start:].split(b"\n", 1)[0]
    column = len(before.decode("utf-8", "replace")) + 1
    return Place(file, content.count(b"\n", 0, position) + 1, column, line.decode("utf-8", "replace"))
