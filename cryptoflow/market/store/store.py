"""All bars that were fetched or imported, each dataset under its key."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from cryptoflow.clock import Clock
from cryptoflow.market.store.dataset import Dataset
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.manifest import NAME
from cryptoflow.market.store.room import Room


class Store:
    """The datasets below a folder, `data/` in the state folder of a project; `clock` says what has closed already."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self.room = Room(folder / "columns")
        self._clock = clock

    def keys(self) -> list[Key]:
        """Return the keys of all datasets, in order."""
        return sorted(_keys(file.parent for file in (self.folder / "bars").glob(f"*/*/*/{NAME}")))

    def keys_of(self, venue: str, symbol: str) -> list[Key]:
        """Return the keys of a symbol's datasets, the shortest timeframe first."""
        folder = self.folder / "bars" / Key(venue, symbol, 1).folder.parent
        return sorted(_keys(file.parent for file in folder.glob(f"*/{NAME}")))

    def begun(self) -> list[Dataset]:
        """Return the datasets to which nothing was ever added, although somebody began to."""
        there = {self.dataset(key).folder for key in self.keys()}
        folders = (each for each in (self.folder / "bars").glob("*/*/*") if each.is_dir() and each not in there)
        return list(map(self.dataset, sorted(_keys(folders))))

    def datasets(self) -> list[Dataset]:
        """Return all datasets that there are, in the order of their keys."""
        return list(map(self.dataset, self.keys()))

    def dataset(self, key: Key) -> Dataset:
        """Return the dataset of a key, whether or not there is anything in it yet."""
        return Dataset(key, self.folder / "bars" / key.folder, self.room, self._clock)


def _keys(folders: Iterable[Path]) -> Iterator[Key]:
    """The keys of folders; one that is none of ours, like somebody's copy, means nothing."""
    for folder in folders:
        with suppress(ValueError):
            yield Key.of(folder)
