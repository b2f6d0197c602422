"""Bars from Parquet files."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator

from cryptoflow.market.asked import Asked
from cryptoflow.market.placeholders import known_placeholders
from cryptoflow.plugins.registry import Plugin, source

if TYPE_CHECKING:
    from cryptoflow.market.bars import Bars


@source("parquet")
class Parquet(Plugin):
    """Read bars from Parquet files, one per symbol.

    Columns and times are recognised as the `csv` source does, and rows are checked alike: what cannot be
    true is refused with its row, missing bars are counted.
    """

    path: str = Field(
        min_length=1,
        description="file, relative to the spec; placeholders: {symbol} (BTCUSDT) {base} {quote} {timeframe} {venue}",
    )
    zone: Literal["UTC"] | None = Field(None, description="the zone of times that name none")

    _known = field_validator("path")(known_placeholders)

    def load(self, asked: Asked) -> "Bars":
        """Return the bars that were asked for."""
        from cryptoflow.market import parquet_files
        from cryptoflow.market.files import located, selected

        file = located(self.path, asked)
        return selected(parquet_files.read(file, self.zone), asked)
