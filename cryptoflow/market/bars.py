"""A series of bars: one symbol, one timeframe, one column per number."""

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

from cryptoflow.market.calendars import missing

COLUMNS = ("open_at", "open", "high", "low", "close", "volume")

Times = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Bars in the order of time, as columns of equal length.

    `open_at` is the start of each bar in epoch milliseconds, `timeframe` its length in milliseconds,
    `volume` is in the base currency. Columns are contiguous and in native byte order, so compiled code
    takes them as they are. `calendar` names the days on which bars are made, every day if it is empty; `notes` says
    what a source assumed while reading. Neither is part of the content.
    """

    symbol: str
    timeframe: int
    open_at: Times
    open: Numbers
    high: Numbers
    low: Numbers
    close: Numbers
    volume: Numbers
    notes: tuple[str, ...] = ()
    calendar: str = ""

    def __post_init__(self) -> None:
        for name in COLUMNS:
            kind = np.int64 if name == "open_at" else np.float64
            column = np.require(getattr(self, name), kind, ["C", "A", "W"])
            if column.shape != (len(self.open_at),):
                raise ValueError(f"{name} has shape {column.shape}, open_at has {len(self.open_at)} rows")
            object.__setattr__(self, name, column)

    def __len__(self) -> int:
        return len(self.open_at)

    def between(self, start: int, end: int) -> "Bars":
        """Return the bars that open at or after `start` and before `end`, sharing their memory."""
        first, last = np.searchsorted(self.open_at, [start, end])
        return self.cut(int(first), int(last))

    def cut(self, first: int, last: int) -> "Bars":
        """Return the bars from row `first` up to, not including, `last`, sharing their memory."""
        rows: dict[str, Any] = {name: getattr(self, name)[first:last] for name in COLUMNS}
        return replace(self, **rows)

    def ends(self) -> tuple[int, int]:
        """Return when the first bar opens, and the last."""
        return int(self.open_at[0]), int(self.open_at[-1])

    def gaps(self) -> int:
        """Return how many bars are missing between the first and the last, of those its market makes."""
        return missing(self.open_at, self.timeframe, self.calendar)

    def fingerprint(self) -> str:
        """Return the SHA-256 of the content: equal for equal bars, whichever source they came from."""
        digest = sha256(f"{self.symbol}\n{self.timeframe}\n{len(self)}\n".encode())
        for name in COLUMNS:
            column = getattr(self, name)
            digest.update(np.ascontiguousarray(column, column.dtype.newbyteorder("<")).data)
        return digest.hexdigest()
