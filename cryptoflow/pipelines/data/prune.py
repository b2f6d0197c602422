"""Make room: what nobody needs, what can be made again, or datasets by name."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.data.named import one, store_of

if TYPE_CHECKING:
    from cryptoflow.market.store.store import Store

ABANDONED = 3600
"""Seconds after which a column file that is still being written was left by a process that died."""


class Pruned(NamedTuple):
    """A file that is gone now, or would be, and how many bytes it took."""

    file: Path
    size: int


def prune(
    names: Sequence[str],
    venue: str | None = None,
    timeframe: str | None = None,
    *,
    columns: bool = False,
    dry: bool = False,
) -> list[Pruned]:
    """Remove the datasets named, or without names files that mean nothing and column files of bars as they were once.

    `columns` is for all column files: runs make them anew. `dry` removes nothing and says what would go.
    """
    if names and columns:
        what, fix = "--columns is for the files of all datasets", "leave either the names out, or --columns"
        raise CryptoflowError(what, fix=fix, code=ExitCode.USAGE)
    if not names and (venue or timeframe):
        what = "--venue and --timeframe say which dataset of a symbol is to go, and no symbol is named"
        raise CryptoflowError(what, fix="name the symbols, like BTC/USDT", code=ExitCode.USAGE)
    if not names:
        store = store_of()
        return [*_strays(store, dry), *_columns(store, columns, dry)]
    datasets = one(names, venue, timeframe)
    found = [each for dataset in datasets for each in sized(dataset.files())]
    for dataset in () if dry else datasets:
        dataset.remove()
    return found


def sized(files: Iterable[Path]) -> Iterator[Pruned]:
    """Yield files in order, with their sizes; what another process has removed meanwhile is none."""
    for file in sorted(files):
        with suppress(FileNotFoundError):
            yield Pruned(file, file.stat().st_size)


def _strays(store: "Store", dry: bool) -> Iterator[Pruned]:
    """What lies in the folders of datasets and means nothing; what somebody is just writing is left to them."""
    for dataset in (*store.begun(), *store.datasets()):
        try:
            found = list(sized(dataset.strays()))
        except CryptoflowError:
            continue  # a damaged manifest: which of its files mean something is not known, `data verify` names it
        gone = {each.file for each in found} if dry else set(dataset.sweep())
        yield from (each for each in found if each.file in gone)


def _columns(store: "Store", every: bool, dry: bool) -> Iterator[Pruned]:
    """Column files of bars as they were once, or all, and those that a process began and died."""
    from cryptoflow.market.store.columns import file_of
    from cryptoflow.market.store.disk import UNFINISHED
    from cryptoflow.pipelines.data.facts import listed

    folder = store.room.folder
    needed = set() if every else {file_of(folder, known) for known in listed(store.datasets())[0]}
    files = [taken.file for taken in store.room.files() if taken.file not in needed]
    files += [file for file in folder.glob(f"*{UNFINISHED}") if time.time() - file.stat().st_mtime > ABANDONED]
    for each in sized(files):
        if not dry:
            each.file.unlink(missing_ok=True)
        yield each
