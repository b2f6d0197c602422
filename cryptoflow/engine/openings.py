"""When the rounds of a run open: whenever any of its symbols has a bar."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cryptoflow.engine.plan import Series


def openings(market: Sequence[Series]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the opens at which any symbol has a bar, one for each round."""
    times = market[0].open_at
    for series in market[1:]:
        opens = series.open_at
        if not np.array_equal(times, opens):
            # A stable sort finds two ascending runs and merges them; `np.union1d` takes a hundred times as long.
            both = np.concatenate((times, opens))
            both.sort(kind="stable")
            times = both[np.append(True, both[1:] != both[:-1])]
    return times
