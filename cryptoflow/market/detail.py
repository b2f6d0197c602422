"""Bars that are made of finer ones, so that what a fill sees and what a decision sees are the same market."""

from dataclasses import replace
from typing import Any

import numpy as np

from cryptoflow.market.bars import COLUMNS, Bars


def grown(finer: Bars, timeframe: int) -> Bars:
    """Return the bars of a longer timeframe that finer ones make up, however many of each there are."""
    opens, first = np.unique(finer.open_at // timeframe, return_index=True)
    if not len(first):
        return replace(finer, timeframe=timeframe)
    last = np.append(first[1:], len(finer)) - 1
    return replace(
        finer,
        timeframe=timeframe,
        open_at=opens * timeframe,
        open=finer.open[first],
        high=np.maximum.reduceat(finer.high, first),
        low=np.minimum.reduceat(finer.low, first),
        close=finer.close[last],
        volume=np.add.reduceat(finer.volume, first),
    )


def matched(coarse: Bars, finer: Bars) -> Bars:
    """Return bars each of which is made of the finer ones inside it; one that has none stands as it is.

    A note counts those: orders meet them whole.
    """
    made = grown(finer, coarse.timeframe)
    bare = np.isin(coarse.open_at, made.open_at, assume_unique=True, invert=True)
    if not bare.any():
        return replace(made, notes=coarse.notes)
    note = f"{int(bare.sum()):,} bars of {coarse.symbol} have no finer ones inside: orders met them whole"
    whole = {name: np.concatenate((getattr(made, name), getattr(coarse, name)[bare])) for name in COLUMNS}
    order = np.argsort(whole["open_at"], kind="stable")
    columns: dict[str, Any] = {name: column[order] for name, column in whole.items()}
    return replace(made, notes=(*coarse.notes, note), **columns)
