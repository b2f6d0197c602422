"""Prices of a venue as they are made."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from pydantic import Field

from cryptoflow.market.asked import Asked
from cryptoflow.plugins.registry import Plugin, source
from cryptoflow.spec.values import Duration

if TYPE_CHECKING:
    from cryptoflow.clock import Clock
    from cryptoflow.market.bars import Bars
    from cryptoflow.market.live.joined import Ears, Live


@source("stream")
class Stream(Plugin):
    """Listen to the spec's venue, as paper and live trading do: its past bars first, then each bar as it closes.

    What is stored of the past is taken from the store, the rest is fetched and kept there. The stream goes on behind
    the last bar of it: none is missing unless that is declared, none comes twice. A channel that is silent for longer
    than here is told. `cryptoflow data watch` shows how a venue does.
    """

    ticks_silence: Duration = Field(Duration("60s"), description="how long nothing traded may be nothing unusual")
    bars_silence: Duration = Field(Duration("60s"), description="how long a bar under way may say nothing")
    top_silence: Duration = Field(Duration("20s"), description="how long the best prices may say nothing")
    book_silence: Duration = Field(Duration("20s"), description="how long the book may say nothing")
    per_connection: int | None = Field(
        None, ge=1, le=1_000, description="streams on a connection; none: as many as the venue takes"
    )
    jitter_seed: int = Field(0, ge=0, description="start of the jitter in waits before a new connection")

    def load(self, asked: Asked) -> "Bars":
        """Return the bars that were asked for."""
        from cryptoflow.market.rest.history import history

        return history(asked)

    def listen(
        self, asked: Sequence[Asked], channels: Sequence[str], clock: "Clock"
    ) -> AbstractAsyncContextManager["Live"]:
        """Open what was asked for of some symbols, and the feed of what comes next."""
        from cryptoflow.market.live.joined import joined

        return joined(asked, channels, self.ears(), clock)

    def ears(self) -> "Ears":
        """Return how it listens."""
        from cryptoflow.market.live.joined import Ears

        limits = {
            "ticks": int(self.ticks_silence),
            "bars": int(self.bars_silence),
            "top": int(self.top_silence),
            "book": int(self.book_silence),
        }
        return Ears(limits, self.per_connection, self.jitter_seed)
