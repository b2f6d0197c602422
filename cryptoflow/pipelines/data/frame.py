"""Bars of the store as a pandas frame."""

from typing import TYPE_CHECKING

from cryptoflow.pipelines.data.named import one

if TYPE_CHECKING:
    import pandas as pd


def frame(symbol: str, timeframe: str | None = None, venue: str | None = None) -> "pd.DataFrame":
    """Return the bars of a symbol, or an error that says what to name: an index of their opens in UTC, five columns.

    The columns are mapped into memory, and what is changed in them changes nothing in the store.
    """
    import numpy as np
    import pandas as pd

    (dataset,) = one([symbol], venue, timeframe)
    bars = dataset.load()
    index = pd.DatetimeIndex(bars.open_at.view(np.dtype("datetime64[ms]")), name="open_at").tz_localize("UTC")
    numbers = {name: getattr(bars, name) for name in ("open", "high", "low", "close", "volume")}
    return pd.DataFrame(numbers, index, copy=False)
