"""Refuse bars that cannot be true, naming the rows."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from cryptoflow.errors import CryptoflowError, Problem
from cryptoflow.market.bars import Bars, Times
from cryptoflow.market.times import grid_offset, moment, timeframe_name

SHOWN = 3
"""Rows named of each kind of defect."""

BLOCK = 1 << 14
"""Rows looked at together."""

Flags = npt.NDArray[np.bool_]


def check(bars: Bars, name: str = "", rows: Times | None = None, word: str = "row") -> None:
    """Raise CryptoflowError with every kind of defect; missing bars are none (`Bars.gaps` counts them).

    `name` is what people know the series by; `rows` are the numbers of its rows where they came from (else 1,
    2, 3 …), and `word` is what they are called there.
    """
    name = name or f"{bars.symbol} {timeframe_name(bars.timeframe)}"
    if len(bars) == 0:
        raise CryptoflowError(f"{name} has no bars", fix="ask for a period that the source covers")
    if _is_possible(bars):
        return
    numbers = np.arange(1, len(bars) + 1) if rows is None else rows
    problems = [
        Problem(f"{name}: {what}: {_first(flags, bars.open_at, numbers, word)}", fix=fix)
        for what, fix, flags in defects(bars)
        if flags.any()
    ]
    raise CryptoflowError(problems)


def _is_possible(bars: Bars) -> bool:
    """Say whether nothing is wrong, block by block: what is looked at stays in the processor's cache."""
    # A block begins with the last row of the one before, to see in which order the two stand.
    blocks = (bars.cut(max(0, first - 1), first + BLOCK) for first in range(0, len(bars), BLOCK))
    return not any(flags.any() for block in blocks for _, _, flags in defects(block))


def defects(bars: Bars) -> Iterator[tuple[str, str, Flags]]:
    """Yield each kind of defect, what mends it, and the rows that have it; of one bar at least."""
    yield from impossible(bars)
    step = np.diff(bars.open_at, prepend=bars.open_at[0] - 1)
    yield "a bar opens before the one above it", "sort the rows by time", step < 0
    yield "a time stands twice", "keep one row per bar", step == 0
    yield off_grid(bars)


def impossible(bars: Bars) -> Iterator[tuple[str, str, Flags]]:
    """Yield each way in which the numbers of a bar cannot be true, what to do, and which bars are so."""
    volume = bars.volume
    prices = (bars.open, bars.high, bars.low, bars.close)
    repair = "mend or drop these rows where the data comes from"
    # Comparisons with NaN are false, so a row with a missing number is named once, as such.
    unreal = ~np.isfinite(volume)
    below = np.zeros(len(bars), np.bool_)
    for price in prices:
        unreal |= ~np.isfinite(price)
        below |= price <= 0
    yield "a number is missing or infinite", repair, unreal
    yield "a price is zero or negative", repair, below
    yield "high is below open or close", repair, bars.high < np.maximum(bars.open, bars.close)
    yield "low is above open or close", repair, bars.low > np.minimum(bars.open, bars.close)
    yield "volume is negative", repair, volume < 0


def off_grid(bars: Bars) -> tuple[str, str, Flags]:
    """Return that bars open between two places of their timeframe's grid, what to do, and which ones do."""
    frame = timeframe_name(bars.timeframe)
    return (
        f"a time is off the {frame} grid",
        f"each bar's time is its start; a file of another timeframe cannot stand in for {frame}",
        (bars.open_at - grid_offset(bars.timeframe)) % bars.timeframe != 0,
    )


def _first(flags: Flags, at: Times, rows: Times, word: str) -> str:
    found = np.flatnonzero(flags)
    shown = ", ".join(f"{word} {rows[row]} ({moment(int(at[row]))})" for row in found[:SHOWN])
    more = len(found) - SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown
