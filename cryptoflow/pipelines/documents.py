"""The YAML files below a folder, and which of them are overlays of others."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import NamedTuple

SUFFIXES = {".yaml", ".yml"}
OVERLAYS = "env"
"""The folder of overlays that any spec beside it may be run with."""


class Document(NamedTuple):
    """A YAML file, and the specs it may be laid over when it is the overlay `env`."""

    file: Path
    env: str | None = None
    under: tuple[Path, ...] = ()


def documents(paths: Iterable[Path]) -> tuple[Document, ...]:
    """Every file named, and every YAML file below every folder named, each once."""
    found: dict[Path, Document] = {}
    for path in paths:
        for document in below(path) if path.is_dir() else (Document(path),):
            found.setdefault(document.file, document)
    return tuple(found.values())


def below(folder: Path) -> Iterator[Document]:
    """The YAML files below a folder in the order of their names; hidden folders are left out."""
    files: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(place, name) for name in names if is_spec(name) and not name.startswith(".")]
    yield from sorted_out(sorted(files))


def is_spec(name: str | PurePath) -> bool:
    """Say whether a name is that of a YAML file and no symbol, wherever the file lies.

    >>> is_spec("configs/btc_trend.yaml"), is_spec("../mine.yml"), is_spec("BTC/USDT")
    (True, True, False)
    """
    return PurePath(name).suffix in SUFFIXES


def sorted_out(files: list[Path]) -> Iterator[Document]:
    """Files, told apart from overlays by their names.

    >>> for document in sorted_out([Path("btc.paper.yaml"), Path("btc.yaml")]):
    ...     print(document.file, "overlay", document.env)
    btc.paper.yaml overlay paper
    btc.yaml overlay None
    """
    for file in files:
        stem, _, env = file.stem.rpartition(".")
        spec = file.with_name(f"{stem}{file.suffix}")
        beside = tuple(each for each in files if each.parent == file.parent.parent)
        if stem and spec in files:
            yield Document(file, env, (spec,))
        elif file.parent.name == OVERLAYS and beside:
            yield Document(file, file.stem, beside)
        else:
            yield Document(file)
