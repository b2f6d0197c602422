"""Bars of a venue's past, by way of the store."""

from typing import TYPE_CHECKING, ClassVar

from cryptoflow.market.asked import Asked
from cryptoflow.plugins.registry import Plugin, source

if TYPE_CHECKING:
    from cryptoflow.market.bars import Bars


@source("ccxt")
class Ccxt(Plugin):
    """Fetch bars from the spec's venue, any that ccxt has, and keep them in the store.

    What was fetched once is taken from the store, without a network. Only bars that have closed are read; what the
    venue does not have is a gap, counted and not filled, and a bar that cannot be true is left out and told.
    `cryptoflow data download` does the same ahead of a run, for all symbols at once.
    """

    reads_store: ClassVar[bool] = True

    def load(self, asked: Asked) -> "Bars":
        """Return the bars that were asked for."""
        from cryptoflow.market.rest.history import history

        return history(asked)
