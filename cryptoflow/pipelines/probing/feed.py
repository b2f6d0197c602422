"""The bars of a pass: those that decide, and the finer ones inside them that orders meet."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptoflow.pipelines.history import History

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Columns, Series


class Feed(NamedTuple):
    """The bars of every symbol, in memory; `finer` is empty where a spec asks for no detail."""

    market: list["Columns"]
    finer: list["Columns"]

    def save(self, folder: Path) -> None:
        """Write them for another process."""
        import numpy as np

        for name, series in zip(self._fields, self, strict=True):
            columns: dict[str, Any] = {
                f"{symbol}/{column}": numbers
                for symbol, bars in enumerate(series)
                for column, numbers in zip(bars._fields, bars, strict=True)
            }
            np.savez(folder / f"{name}.npz", **columns)


def feed_of(history: History) -> Feed:
    """Return the bars of a history, read from their shelf where they lie on one."""
    return Feed([whole(series) for series in history.columns()], [whole(series) for series in history.details()])


def whole(series: "Series") -> "Columns":
    """Return all bars of a series."""
    return series.cut(0, len(series.open_at))


def load_feed(folder: Path) -> Feed:
    """Return the bars that another process has written."""
    return Feed(*(_load(folder / f"{name}.npz") for name in Feed._fields))


def _load(file: Path) -> list["Columns"]:
    import numpy as np

    from cryptoflow.engine.plan import Columns

    with np.load(file) as columns:
        symbols = len(columns.files) // len(Columns._fields)
        return [Columns(*(columns[f"{symbol}/{name}"] for name in Columns._fields)) for symbol in range(symbols)]
