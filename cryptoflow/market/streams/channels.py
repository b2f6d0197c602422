"""What can be listened to: a channel of a symbol, and its name in events, settings and figures."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.times import DAY, HOUR, MINUTE, SECOND, WEEK, timeframe_name
from cryptoflow.spec.nearest import nearest


class Kind(StrEnum):
    """What a stream tells: what traded, closed bars of the venue, the best prices, the book."""

    TICKS = "ticks"
    BARS = "bars"
    TOP = "top"
    BOOK = "book"
    BUILT = "built"
    """Bars that we build from the ticks; the venue is asked for its ticks only."""


TIMED = (Kind.BARS, Kind.BUILT)

ELSEWHERE: Mapping[str, Kind] = {
    **dict.fromkeys(("trades", "trade", "aggtrade", "prints"), Kind.TICKS),
    **dict.fromkeys(("candles", "klines", "kline", "ohlcv"), Kind.BARS),
    **dict.fromkeys(("ticker", "bookticker", "quotes", "bbo", "bidask"), Kind.TOP),
    **dict.fromkeys(("depth", "orderbook"), Kind.BOOK),
}
"""What others call a channel."""
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
    timeframe = int(rest[:-1]) * UNITS[rest[-1]] if rest[:-1].isdecimal() and rest[-1] in UNITS else 0
    if word not in tuple(Kind) or (timeframe > 0) != (word in TIMED) or (rest and not timeframe):
        raise CryptoflowError(f"there is no channel {name!r}", fix=meant(word), code=ExitCode.USAGE)
    return Kind(word), timeframe


def meant(word: str) -> str:
    """Return what to write in the place of a channel's name that is none, or lacks a timeframe, or has one too many.

    >>> meant("trades"), meant("bars"), meant("top")
    ('did you mean `ticks`?', 'bars have a timeframe, as in `bars 1m`', 'top has no timeframe')
    >>> meant("x")
    'channels: ticks, bars, top, book, built; bars and built with a timeframe, as in `bars 1m`'
    """
    if word in tuple(Kind):
        return f"{word} have a timeframe, as in `{word} 1m`" if word in TIMED else f"{word} has no timeframe"
    near = ELSEWHERE.get(word.lower()) or nearest(word, tuple(Kind))
    if near:
        return f"did you mean `{near}`?"
    return f"channels: {', '.join(Kind)}; bars and built with a timeframe, as in `bars 1m`"
