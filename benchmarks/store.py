"""What the store takes to hand out a year of minutes, and to verify five million bars."""

import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np

from benchmarks.figures import Aim, Work, side_by_side
from benchmarks.series import BEGIN, MINUTE, YEAR
from cryptoflow.clock import MachineClock
from cryptoflow.market.asked import Asked
from cryptoflow.market.bars import COLUMNS, Bars
from cryptoflow.market.checks import check
from cryptoflow.market.store.dataset import Dataset
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.store import Store
from cryptoflow.market.store.verify import verify
from cryptoflow.plugins.sources.synthetic import Synthetic

MANY = 5_000_000
AGO = BEGIN - MANY * MINUTE


def store() -> Iterator[Work]:
    """Time loading with and without a column file, both with the check of a run, and verifying."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        year = filled(place / "year", BEGIN, YEAR)
        np.save(place / "columns.npy", np.column_stack([getattr(year.load(), name) for name in COLUMNS]).T)

        def read() -> float:
            return float(np.load(place / "columns.npy").sum())

        against = "np.load of the same columns and their sum"
        cached = f"a year of minutes, {YEAR:,} bars, mapped"
        yield side_by_side(cached, lambda: checked(year), read, against, YEAR, aim=Aim(0.1, "seconds"))
        yield side_by_side("the same, not mapped yet", lambda: uncached(year), read, against, YEAR)
        many = filled(place / "many", AGO, MANY)
        hashing = "reading the same files and hashing their bytes"
        yield side_by_side(
            f"verify, {MANY:,} bars", lambda: sound(many), lambda: hashed(many), hashing, MANY, aim=Aim(2.0, "seconds")
        )


def filled(folder: Path, start: int, count: int) -> Dataset:
    """Return a dataset of so many minutes."""
    end = start + count * MINUTE
    key = Key("binance", "BTC/USDT", MINUTE)
    dataset = Store(folder, MachineClock()).dataset(key)
    dataset.add(Synthetic().load(Asked(key.symbol, MINUTE, start, end)), [(start, end)], "made up")
    return dataset


def checked(dataset: Dataset) -> Bars:
    """Load all bars and see, as a run does, that they can be true."""
    bars = dataset.load()
    check(bars)
    return bars


def uncached(dataset: Dataset) -> Bars:
    """Load all bars after their column file is gone."""
    for taken in dataset.room.files():
        taken.file.unlink()
    return checked(dataset)


def sound(dataset: Dataset) -> None:
    """Verify a dataset in which nothing is wrong."""
    assert not verify(dataset).problems


def hashed(dataset: Dataset) -> list[str]:
    """Read every segment and hash its bytes."""
    return [sha256(file.read_bytes()).hexdigest() for file in dataset.folder.glob("*.parquet")]
