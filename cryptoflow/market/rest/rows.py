"""Rows of a venue as bars; those that cannot be true are left out and told."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cryptoflow.market.bars import COLUMNS, Bars
from cryptoflow.market.checks import defects
from cryptoflow.market.rest.venue_client import Row
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.manifest import Defect
from cryptoflow.market.times import moment


class Sorted(NamedTuple):
    """Bars that can be true, and what was wrong with those left out: when they open, and what."""

    bars: Bars
    left_out: tuple[Defect, ...] = ()


def in_order(rows: Sequence[Row]) -> list[Row]:
    """Return rows as time goes, each once."""
    return sorted(dict.fromkeys(tuple(row) for row in rows), key=lambda row: row[0] or 0)


def sorted_out(rows: Sequence[Row], key: Key) -> Sorted:
    """Return the bars of rows that are in order; a number that is missing makes its bar impossible.

    >>> found = sorted_out([(0, 1.0, 2.0, 1.0, 1.5, 9.0), (60_000, 1.0, 2.0, 3.0, 1.5, 9.0)], Key("x", "A/B", 60_000))
    >>> len(found.bars), found.left_out
    (1, (Defect(row='1970-01-01 00:01 UTC', what='low is above open or close'),))
    """
    table = np.array([row[: len(COLUMNS)] for row in rows], np.float64).reshape(-1, len(COLUMNS))
    opens = np.array([row[0] for row in rows], np.int64)
    bars = Bars(key.symbol, key.timeframe, opens, *table.T[1:])
    if not len(bars):
        return Sorted(bars)
    wrong: dict[int, str] = {}
    for what, _, flags in defects(bars):
        wrong |= {row: what for row in np.flatnonzero(flags).tolist() if row not in wrong}
    if not wrong:
        return Sorted(bars)
    sound = np.ones(len(bars), np.bool_)
    sound[list(wrong)] = False
    kept = Bars(key.symbol, key.timeframe, *(getattr(bars, name)[sound] for name in COLUMNS))
    return Sorted(kept, tuple(Defect(moment(int(opens[row])), what) for row, what in sorted(wrong.items())))
