"""The reference series as folders of arrays, which engines in other environments can read."""

from pathlib import Path

from benchmarks.peers.bars import Bars, write
from benchmarks.series import FIRST_SEED, TWENTY, YEAR, reference

SHORT = 100_000


def one(folder: Path, bars: int) -> Path:
    """Write one symbol of so many bars, unless it is there, and return where."""
    target = folder / str(bars)
    if not target.exists():
        write(target / "00", Bars(*reference(bars)))
    return target


def twenty(folder: Path) -> Path:
    """Write twenty symbols of a year each, unless they are there, and return where."""
    target = folder / "twenty"
    if target.exists():
        return target
    for number in range(TWENTY):
        write(target / f"{number:02d}", Bars(*reference(YEAR, FIRST_SEED + number)))
    return target
