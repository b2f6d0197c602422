"""The market a venue plays: every symbol's tape, and what time it is there."""

from collections.abc import Iterable

from cryptoflow.errors import CryptoflowError
from cryptoflow.venue.klines import DAY, Kline, klines
from cryptoflow.venue.pace import Pace
from cryptoflow.venue.tape import Tape


class Market:
    """Tapes by the id venues give a symbol (`BTCUSDT`), and one moment for all of them.

    A bar that goes on is told every `beat` milliseconds, where that is rarer than its venue does; it divides a minute.
    """

    def __init__(self, tapes: Iterable[Tape], pace: Pace, beat: int = 0) -> None:
        self.tapes = {tape.listing.id: tape for tape in tapes}
        self.pace, self.beat = pace, beat
        if not self.tapes:
            raise CryptoflowError("there is no symbol to play")
        for tape in self.tapes.values():
            if not len(tape):
                raise CryptoflowError(f"there are no bars of {tape.listing.symbol} to play")

    @property
    def start(self) -> int:
        """Where the market began to be played."""
        return self.pace.start

    def now(self) -> int:
        """Return the moment of the market in epoch milliseconds."""
        return self.pace.now()

    def end(self) -> int:
        """Return when the last bar of all symbols is over."""
        return max(tape.ends()[1] for tape in self.tapes.values())


def beat_of(market: Market, usual: int, timeframe: int) -> int:
    """Return how often a bar that goes on is told, in milliseconds: as usual, or as rarely as the market wants it."""
    return max(usual, min(market.beat, timeframe))


def day_of(tape: Tape, now: int) -> Kline | None:
    """Return the last 24 hours as one bar, None where nothing was traded in them.

    It begins with the tape's bar that lay 24 hours back.
    """
    found = klines(tape, tape.frame, now - DAY, now + 1, now)
    if not found:
        return None
    return Kline(
        now - DAY,
        DAY,
        found[0].open,
        max(bar.high for bar in found),
        min(bar.low for bar in found),
        found[-1].close,
        sum(bar.volume for bar in found),
        found[0].first,
        found[-1].last,
        closed=False,
    )
