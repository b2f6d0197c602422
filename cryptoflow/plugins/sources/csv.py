"""Bars from CSV files."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator

from cryptoflow.market.asked import Asked
from cryptoflow.market.placeholders import known_placeholders
from cryptoflow.plugins.registry import Plugin, source

if TYPE_CHECKING:
    from cryptoflow.market.bars import Bars


@source("csv")
class Csv(Plugin):
    """Read bars from CSV files, one per symbol.

    Columns are recognised by their usual names (ts, time, timestamp, date, open_time; open or o, and so on)
    in any order; others are ignored. A file may be packed with gzip or zip. A time is the start of its bar:
    seconds, milli-, micro- or nanoseconds since 1970, told apart by their size, or ISO text with its zone. Rows
    must be sorted, on the grid of the timeframe, and possible; the first that are not are named. Missing bars are
    counted, not refused.
    """

    path: str = Field(
        min_length=1,
        description="file, relative to the spec; placeholders: {symbol} (BTCUSDT) {base} {quote} {timeframe} {venue}",
    )
    zone: Literal["UTC"] | None = Field(None, description="the zone of times that name none")
    columns: tuple[str, ...] = Field((), description="names of the columns, when the first line has none")
    separator: str = Field(",", min_length=1, max_length=1, description="what stands between two columns")

    _known = field_validator("path")(known_placeholders)

    def load(self, asked: Asked) -> "Bars":
        """Return the bars that were asked for."""
        from cryptoflow.market import text_files
        from cryptoflow.market.files import located, selected

        file = located(self.path, asked)
        told = text_files.read(file, self.separator, self.columns, self.zone)
        return selected(told, asked)
