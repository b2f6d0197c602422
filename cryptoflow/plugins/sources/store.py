"""Bars that were fetched or imported before."""

from typing import TYPE_CHECKING, ClassVar

from cryptoflow.market.asked import Asked
from cryptoflow.plugins.registry import Plugin, source

if TYPE_CHECKING:
    from cryptoflow.market.bars import Bars


@source("store")
class Store(Plugin):
    """Take bars from the project's store, where `data download` and `data import` put them: the default.

    They are those of `market.venue`. Where the timeframe of the run is not stored, its bars are made of shorter ones
    that are; one that is not complete yet is left out. Missing bars are counted, and days that nobody asked the
    venue for are named. `cryptoflow data list` shows what is there.
    """

    reads_store: ClassVar[bool] = True

    def load(self, asked: Asked) -> "Bars":
        """Return the bars that were asked for."""
        from cryptoflow.clock import MachineClock
        from cryptoflow.market.store.serving import served
        from cryptoflow.market.store.store import Store as Datasets

        return served(Datasets(asked.home / "data", MachineClock()), asked)
