"""The bars every engine runs on: arrays in a folder per symbol, written once, read by each in its own process."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]


class Bars(NamedTuple):
    """The columns of one symbol; `time` is the opening of each bar in milliseconds."""

    time: Array
    open: Array
    high: Array
    low: Array
    close: Array
    volume: Array


def write(folder: Path, bars: Bars) -> None:
    """Write one symbol's columns into a folder of its own."""
    folder.mkdir(parents=True)
    for name, column in bars._asdict().items():
        np.save(folder / f"{name}.npy", column)


def read(folder: Path) -> list[Bars]:
    """Return the symbols that lie in a folder, by name."""
    return [Bars(*(np.load(one / f"{name}.npy") for name in Bars._fields)) for one in sorted(folder.iterdir())]
