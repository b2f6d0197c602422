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


def matched(coarse: Bars, finer: Bars) -> tuple[Bars, Bars]:
    """Return bars and the finer ones inside them, each bar made of those it has.

    A bar that has none stands as it is and is its own only detail, which a note counts.
    """
    made = grown(finer, coarse.timeframe)
    bare = np.isin(coarse.open_at, made.open_at, assume_unique=True, invert=True)
    if not bare.any():
        return replace(made, notes=coarse.notes), finer
    alone = {name: getattr(coarse, name)[bare] for name in COLUMNS}
    note = f"{int(bare.sum()):,} bars of {coarse.symbol} have no finer ones inside: orders met them whole"
    return joined(replace(made, notes=(*coarse.notes, note)), alone), joined(finer, alone)


def joined(bars: Bars, more: dict[str, Any]) -> Bars:
    """Return bars with more of them where they belong in time."""
    whole = {name: np.concatenate((getattr(bars, name), more[name])) for name in COLUMNS}
    order = np.argsort(whole["open_at"], kind="stable")
    ordered: dict[str, Any] = {name: column[order] for name, column in whole.items()}
    return replace(bars, **ordered)
