"""Plugins from elsewhere: files beside the configs that a spec lists, and packages that announce theirs."""

import os
import sys
import traceback
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import CodeType
from typing import NamedTuple

from cryptoflow.errors import CryptoflowError, Place, Problem

GROUP = "cryptoflow.plugins"
PREFIX = "_cryptoflow_guest_"
FOLDER = "plugins"

MISTAKES = (
    *(SyntaxError, ImportError, NameError, AttributeError, TypeError, ValueError, LookupError),
    *(ArithmeticError, AssertionError, OSError, RuntimeError),
)
"""What a guest's code may raise while it is imported; named one by one, so that our own stop signals pass."""


class Guest(NamedTuple):
    """Foreign code that was run: where it came from, the digest of its bytes, and the module it became."""

    origin: str
    digest: str
    module: str


_admitted: list[Guest] = []


def admit(files: Iterable[Path]) -> tuple[Guest, ...]:
    """Run the plugin files a spec lists and make them, and no other file's plugins, available by name.

    Every mistake of every file is reported at once. A file already run with the same bytes is not run again.
    """
    guests: list[Guest] = []
    problems: list[Problem] = []
    for path in dict.fromkeys(files):
        try:
            guests.append(_run(_at_home(path)))
        except CryptoflowError as error:
            problems.extend(error.problems)
    if problems:
        raise CryptoflowError(problems)
    _admitted[:] = dict.fromkeys(guests)
    return tuple(_admitted)


def admitted() -> tuple[Guest, ...]:
    """The guest files that names can come from at the moment."""
    return tuple(_admitted)


def welcome(module: str) -> bool:
    """Whether names may come from a module: of plugin files only the admitted ones, of packages all."""
    return not module.startswith(PREFIX) or any(guest.module == module for guest in _admitted)


@cache
def installed() -> tuple[Guest, ...]:
    """Import the installed packages that announce plugins; costs a scan of the environment, once."""
    from importlib.metadata import entry_points

    return tuple(
        Guest(
            origin=f"{point.dist.name} {point.dist.version}" if point.dist else point.value,
            digest=_imported(point.module),
            module=point.module,
        )
        for point in entry_points(group=GROUP)
    )


def _imported(module: str) -> str:
    from importlib import import_module

    try:
        file = import_module(module).__file__
    except MISTAKES as error:
        raise CryptoflowError(
            f"installed plugin package {module} cannot be imported: {_said(error)}",
            fix="mend or uninstall the package",
        ) from error
    return sha256(Path(file).read_bytes()).hexdigest() if file else ""


def _at_home(path: Path) -> Path:
    """The file itself, which lies in the folder it is named in: a link to code elsewhere is not followed."""
    named = Path(os.path.abspath(path))  # noqa: PTH100  # as it is named, links and all
    file = path.resolve()
    if named.parent.name != FOLDER or named.suffix != ".py":
        raise CryptoflowError(
            f"{named.name} is not a plugin file", fix=f"plugin files are {FOLDER}/<name>.py beside the configs"
        )
    if file != named.parent.parent.resolve() / FOLDER / named.name:
        raise CryptoflowError(
            f"{FOLDER}/{named.name} is not a plugin file but leads to {file}, outside of its folder",
            fix=f"put the file itself into {FOLDER}/: links are not followed",
        )
    return file


def _run(file: Path) -> Guest:
    try:
        source = file.read_bytes()
    except OSError as error:
        raise CryptoflowError(
            f"plugin file {file} cannot be read: {error.strerror}",
            fix="`cryptoflow plugins new KIND NAME` writes one",
        ) from error
    digest = sha256(source).hexdigest()
    name = PREFIX + sha256(str(file).encode() + source).hexdigest()[:24]
    if name not in sys.modules:
        _import(name, file, source)
    return Guest(str(file), digest, name)


class _Exactly(SourceFileLoader):
    """Runs the very bytes that were hashed, and leaves no compiled file behind."""

    def __init__(self, name: str, file: Path, source: bytes) -> None:
        super().__init__(name, str(file))
        self.source = source

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002  # importlib passes it by this name
        return self.source_to_code(self.source, self.path)


def _import(name: str, file: Path, source: bytes) -> None:
    loader = _Exactly(name, file, source)
    spec = spec_from_loader(name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except CryptoflowError as error:
        del sys.modules[name]
        here = _line(error, file, source)
        raise CryptoflowError(each._replace(where=each.where or here) for each in error.problems) from error
    except MISTAKES as error:
        del sys.modules[name]
        raise CryptoflowError(
            f"plugin file cannot be imported: {_said(error)}", where=_line(error, file, source)
        ) from error


def _said(error: BaseException) -> str:
    what = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {what}"


def _line(error: BaseException, file: Path, source: bytes) -> Place:
    """The line of the guest's file that was running, or that cannot be read, when the error rose."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        line = error.lineno or 1
    else:
        frames = traceback.extract_tb(error.__traceback__)
        line = next((frame.lineno for frame in reversed(frames) if frame.filename == str(file)), None) or 1
    text = source.decode(errors="replace").splitlines()
    shown = text[line - 1] if line <= len(text) else ""
    start = len(shown) - len(shown.lstrip())
    return Place(str(file), line, start + 1, shown, max(1, len(shown.strip())))
