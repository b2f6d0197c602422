"""Small series, a store that knows what time it is, and what a dataset's folder holds."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from cryptoflow.market.bars import Bars
from cryptoflow.market.store.dataset import Dataset
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.store import Store

MINUTE = 60_000
START = 1_706_652_000_000
"""2024-01-30 22:00 UTC: two hours and a day before a month ends."""

KEY = Key("binance", "BTC/USDT", MINUTE)


class Still:
    """A clock that stands where a test puts it."""

    def __init__(self, at: int = START + 400 * 86_400_000) -> None:
        self.at = at

    def now(self) -> int:
        return self.at

    def nanoseconds(self) -> int:
        return self.at * 1_000_000


def made(
    count: int = 3_000, without: Iterable[int] = (), key: Key = KEY, start: int = START, notes: tuple[str, ...] = ()
) -> Bars:
    """Bars whose numbers depend on nothing but their place in the series, without some of them."""
    rows = np.setdiff1d(np.arange(count), np.array(list(without), np.int64))
    open_, close = (40_000 + (at * 37 % 211 + at // 9 % 50) / 4 for at in (rows - 1, rows))
    volume = (rows * 7919 % 1000) / 8
    open_at = start + key.timeframe * rows
    return Bars(
        key.symbol,
        key.timeframe,
        open_at,
        open_,
        np.maximum(open_, close) + 3,
        np.minimum(open_, close) - 3,
        close,
        volume,
        notes,
    )


def span(bars: Bars) -> tuple[int, int]:
    first, last = bars.ends()
    return first, last + bars.timeframe


def opened(folder: Path, key: Key = KEY) -> Dataset:
    return Store(folder, Still()).dataset(key)


def filled(folder: Path, bars: Bars | None = None, key: Key = KEY) -> Dataset:
    """A dataset of some bars, added at once."""
    bars = made(key=key) if bars is None else bars
    dataset = opened(folder, key)
    dataset.add(bars, [span(bars)], "made up")
    return dataset


def files(dataset: Dataset) -> dict[str, bytes]:
    """The segments of a dataset by name."""
    return {file.name: file.read_bytes() for file in sorted(dataset.folder.glob("*.parquet"))}
