"""What can be listened to: a channel of a symbol, and its name in events, settings and figures."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.times import DAY, HOUR, MINUTE, SECOND, WEEK, timeframe_name


class Kind(StrEnum):
    """What a stream tells: what traded, closed bars of the venue, the best prices, the book."""

    TICKS = "ticks"
    BARS = "bars"
    TOP = "top"
    BOOK = "book"
    BUILT = "built"
    """Bars that we build from the ticks; the venue is asked for its ticks only."""


TIMED = (Kind.BARS, Kind.BUILT)
UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": WEEK}


class Stream(NamedTuple):
    """One channel of one symbol; bars have a timeframe, in milliseconds."""

    symbol: str
    kind: Kind
    timeframe: int = 0

    @property
    def channel(self) -> str:
        """Return the name of the channel.

        >>> Stream("BTC/USDT", Kind.BARS, 300_000).channel
        'bars 5m'
        """
        return f"{self.kind} {timeframe_name(self.timeframe)}" if self.timeframe else str(self.kind)


def streams_of(symbols: Iterable[str], channels: Iterable[str]) -> tuple[Stream, ...]:
    """Return a stream for each symbol and channel, once, and the ticks from which bars are to be built.

    >>> [stream.channel for stream in streams_of(["BTC/USDT"], ["top", "built 1m"])]
    ['top', 'ticks', 'built 1m']
    """
    asked = [channel(name) for name in channels]
    found: dict[Stream, None] = {}
    for symbol in symbols:
        for kind, timeframe in asked:
            if kind is Kind.BUILT:
                found[Stream(symbol, Kind.TICKS)] = None
            found[Stream(symbol, kind, timeframe)] = None
    return tuple(found)


def channel(name: str) -> tuple[Kind, int]:
    """Return the kind and the timeframe that a channel's name says.

    >>> channel("ticks"), channel("bars 1h")
    ((<Kind.TICKS: 'ticks'>, 0), (<Kind.BARS: 'bars'>, 3600000))
    """
    word, _, rest = name.partition(" ")
    timeframe = int(rest[:-1]) * UNITS[rest[-1]] if rest[:-1].isdigit() and rest[-1] in UNITS else 0
    if word not in tuple(Kind) or (timeframe > 0) != (word in TIMED) or (rest and not timeframe):
        raise CryptoflowError(
            f"there is no channel {name!r}",
            fix="channels are ticks, top, book, and with a timeframe as in `bars 1m` or `built 5m`",
            code=ExitCode.USAGE,
        )
    return Kind(word), timeframe
