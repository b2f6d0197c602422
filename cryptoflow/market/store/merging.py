"""Bars that are there and bars that come: which are new, which are the same, and which contradict."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.bars import COLUMNS, Bars
from cryptoflow.market.store.key import Key
from cryptoflow.market.times import moment

SHOWN = 3
"""Bars named of those that contradict."""

Rows = npt.NDArray[np.intp]


class Merged(NamedTuple):
    """Bars as they are now; of those that came, how many were there already and how many replaced another."""

    bars: Bars
    duplicates: int = 0
    replaced: int = 0


def merged(held: Bars, fresh: Bars, key: Key, *, replace: bool) -> Merged:
    """Return two series as one; a bar that is there with other numbers is refused, unless it is to be replaced."""
    place = np.searchsorted(held.open_at, fresh.open_at)
    known = place < len(held)
    known[known] = held.open_at[place[known]] == fresh.open_at[known]
    mine, theirs = place[known], np.flatnonzero(known)
    differs = np.zeros(len(mine), np.bool_)
    for name in COLUMNS[1:]:
        differs |= getattr(held, name)[mine] != getattr(fresh, name)[theirs]
    if differs.any() and not replace:
        raise _contradiction(held, fresh, mine[differs], theirs[differs], key)
    duplicates, replaced = int((~differs).sum()), int(differs.sum())
    if len(theirs) == len(fresh) and not replaced:
        return Merged(held, duplicates)
    kept = np.ones(len(held), np.bool_)
    kept[mine] = False
    return Merged(_together(held, kept, fresh), duplicates, replaced)


def _together(held: Bars, kept: npt.NDArray[np.bool_], fresh: Bars) -> Bars:
    columns = {name: np.concatenate((getattr(held, name)[kept], getattr(fresh, name))) for name in COLUMNS}
    order = np.argsort(columns["open_at"], kind="stable")
    ordered: dict[str, Any] = {name: column[order] for name, column in columns.items()}
    return Bars(fresh.symbol, fresh.timeframe, **ordered)


def _contradiction(held: Bars, fresh: Bars, mine: Rows, theirs: Rows, key: Key) -> CryptoflowError:
    told = [
        _difference(held, fresh, *rows) for rows in zip(mine[:SHOWN].tolist(), theirs[:SHOWN].tolist(), strict=True)
    ]
    more = f" and {len(mine) - SHOWN:,} more" if len(mine) > SHOWN else ""
    return CryptoflowError(
        f"{len(mine):,} bars of {key} are there with other numbers: {', '.join(told)}{more}",
        fix="keep what is there by leaving these out, or let the new ones take their place with `--replace`",
    )


def _difference(held: Bars, fresh: Bars, mine: int, theirs: int) -> str:
    for name in COLUMNS[1:]:
        there, comes = float(getattr(held, name)[mine]), float(getattr(fresh, name)[theirs])
        if there != comes:
            return f"{moment(int(held.open_at[mine]))} ({name} is {there!r}, comes as {comes!r})"
    raise AssertionError("the bars are equal")
