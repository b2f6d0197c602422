"""Bars built from ticks: the venue's own, of a market whose ticks have all been heard."""

from collections.abc import Iterator

from cryptoflow.domain.ticks import Closed, Filled, Missed, Tick
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.times import grid_offset

PARTS = 100_000_000
"""Volumes are added up as whole numbers of such parts of a coin: exact, where a sum of floats is not."""


class Builder:
    """Bars of one symbol and timeframe. A bar in which nothing traded is not there; one of which a tick may be
    missing, like the one in which the listening began, is not told. One that was told and then gets another tick is
    declared lost.
    """

    def __init__(self, symbol: str, timeframe: int) -> None:
        self.symbol, self.timeframe = symbol, timeframe
        self.offset = grid_offset(timeframe)
        self.open_at = self.end = 0
        self.open = self.high = self.low = self.close = 0.0
        self.volume = 0
        self.whole = False
        self.unbroken = False
        self.late = 0
        self.first: int | None = None
        self.spoilt = 0

    def take(self, tick: Tick) -> Iterator[Closed | Missed | Filled]:
        """Take a tick in, and return the bar that it closes by being of a later one, or spoils by being of one told."""
        if tick.at >= self.end:
            yield from self.until(tick.at, tick.heard_at)
            self._begin(tick)
        elif tick.at < self.open_at or not self.volume:
            self.late += 1
            yield from self._spoil(tick)
            return
        if tick.price > self.high:
            self.high = tick.price
        if tick.price < self.low:
            self.low = tick.price
        self.close = tick.price
        self.volume += round(tick.quantity * PARTS)
        self.unbroken = True

    def until(self, at: int, heard_at: int) -> Iterator[Closed]:
        """Return the bar that has closed by the venue's moment `at`, whether a later tick has come or not."""
        if self.volume and at >= self.end:
            if self.whole:
                self.first = self.open_at if self.first is None else self.first
                prices = self.open, self.high, self.low, self.close
                yield Closed(self.symbol, self.timeframe, self.open_at, *prices, self.volume / PARTS, heard_at)
            self.volume = 0

    def lose(self) -> None:
        """Learn that ticks are lost between the last one taken and the next: neither's bar can be whole."""
        self.whole = self.unbroken = False

    def is_overdue(self, at: int) -> bool:
        """Say whether a bar has ended by the venue's moment `at` and not been told."""
        return self.whole and self.volume > 0 and at >= self.end

    def begin_anew(self) -> None:
        """Forget everything: the venue's market has begun anew."""
        self.open_at = self.end = self.volume = 0
        self.first = None
        self.lose()

    def _spoil(self, tick: Tick) -> Iterator[Missed | Filled]:
        """Declare a bar lost that was told without this tick; once, however many follow."""
        open_at = self._open_of(tick)
        if self.first is None or open_at < self.first or open_at == self.spoilt:
            return
        self.spoilt = open_at
        channel = Stream(self.symbol, Kind.BUILT, self.timeframe).channel
        hole = open_at - self.timeframe, open_at + self.timeframe
        yield Missed(self.symbol, channel, *hole, tick.heard_at)
        yield Filled(self.symbol, channel, *hole, 0, tick.heard_at)

    def _open_of(self, tick: Tick) -> int:
        return tick.at - (tick.at - self.offset) % self.timeframe

    def _begin(self, tick: Tick) -> None:
        self.open_at = self._open_of(tick)
        self.end = self.open_at + self.timeframe
        self.open = self.high = self.low = tick.price
        self.whole = self.unbroken
