"""Bars that are made of finer ones, so that what a fill sees and what a decision sees are the same market."""

from dataclasses import replace
from typing import Any

import numpy as np

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.bars import COLUMNS, Bars
from cryptoflow.market.times import grid_offset, moment

APART = 0.01
"""How far the closes of a bar and of its last finer one may be apart, as a share."""

MOST = 0.01
"""The share of bars that may be farther apart than that."""

BARE = "have no finer ones inside"
"""What the note on bars without detail says of them."""


def grown(finer: Bars, timeframe: int) -> Bars:
    """Return the bars of a longer timeframe that finer ones make up, however many of each there are."""
    offset = grid_offset(timeframe)
    opens, first = np.unique((finer.open_at - offset) // timeframe, return_index=True)
    if not len(first):
        return replace(finer, timeframe=timeframe)
    last = np.append(first[1:], len(finer)) - 1
    return replace(
        finer,
        timeframe=timeframe,
        open_at=opens * timeframe + offset,
        open=finer.open[first],
        high=np.maximum.reduceat(finer.high, first),
        low=np.minimum.reduceat(finer.low, first),
        close=finer.close[last],
        volume=np.add.reduceat(finer.volume, first),
    )


def compare(made: Bars, coarse: Bars) -> None:
    """Refuse finer bars whose closes are not those of the bars they lie in; single ones may differ, as venues' do."""
    both, mine, theirs = np.intersect1d(made.open_at, coarse.open_at, assume_unique=True, return_indices=True)
    apart = np.abs(made.close[mine] / coarse.close[theirs] - 1.0) > APART
    if apart.sum() <= max(1.0, MOST * len(both)):
        return
    first = int(np.argmax(apart))
    raise CryptoflowError(
        f"the finer bars of {coarse.symbol} are of another market than its own: the bar of {moment(int(both[first]))} "
        f"closes at {coarse.close[theirs[first]]:g}, its finer ones at {made.close[mine[first]]:g}",
        fix="take both from the same venue, symbol and kind of market",
    )


def matched(coarse: Bars, finer: Bars) -> Bars:
    """Return bars each of which is made of the finer ones inside it; one that has none stands as it is.

    A note counts those: orders meet them whole. Two series that are not of one market are refused.
    """
    made = grown(finer, coarse.timeframe)
    compare(made, coarse)
    bare = np.isin(coarse.open_at, made.open_at, assume_unique=True, invert=True)
    if not bare.any():
        return replace(made, notes=coarse.notes)
    note = f"{int(bare.sum()):,} bars of {coarse.symbol} {BARE}: orders met them whole."
    whole = {name: np.concatenate((getattr(made, name), getattr(coarse, name)[bare])) for name in COLUMNS}
    order = np.argsort(whole["open_at"], kind="stable")
    columns: dict[str, Any] = {name: column[order] for name, column in whole.items()}
    return replace(made, notes=(*coarse.notes, note), **columns)
