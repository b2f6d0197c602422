"""Binance spot: combined streams, aggregate trades by number, the book by number too.

`aggTrade` is heard rather than `trade`: its numbers rise by one, and the past can be asked from any of them on.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw, Struct

from cryptoflow.domain.codes import BUY, SELL
from cryptoflow.domain.ticks import Closed, Tick, Top
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.rest.allowance import Allowance
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.dialects.dialect import Question, Read
from cryptoflow.market.streams.said import Changes, Forming, Item, Page, Snapshot
from cryptoflow.market.times import timeframe_name

PAGE = 1000
"""Rows of an answer at most; so many mean that there are more."""

DEPTH = 1000
"""Levels of a snapshot on each side."""

TOGETHER = 100
"""Subscriptions in one message: a connection may send five messages a second."""


class Row(NamedTuple):
    """A bar in an answer."""

    open_at: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    close_at: int
    quote_volume: Any
    trades: Any
    bought: Any
    bought_quote: Any
    unused: Any


class Combined(Struct):
    """The wrapping of a message; answers have no stream."""

    stream: str = ""
    data: Raw = Raw()
    id: int | None = None
    error: Raw = Raw()


class AggTrade(Struct):
    """A taker's trade at one price; `m` when the maker bought."""

    a: int
    p: float
    q: float
    T: int
    m: bool


class Candle(Struct):
    """The inside of a kline; `x` when it has closed."""

    t: int
    o: float
    h: float
    l: float  # noqa: E741  # their name
    c: float
    v: float
    x: bool


class Kline(Struct):
    """A kline's wrapping."""

    k: Candle


class BookTicker(Struct):
    """The best prices, with the number of the book's change; no moment."""

    u: int
    b: float
    B: float
    a: float
    A: float


class DepthUpdate(Struct):
    """Changes of the book, by its numbers `U` to `u`."""

    E: int
    U: int
    u: int
    b: list[tuple[float, float]]
    a: list[tuple[float, float]]


class Depth(Struct):
    """A snapshot of the book; no moment."""

    last: int = msgspec.field(name="lastUpdateId")
    bids: list[tuple[float, float]]
    asks: list[tuple[float, float]]


class Time(Struct):
    """What the clock shows."""

    moment: int = msgspec.field(name="serverTime")


def decoder(kind: Any) -> Callable[[Any], Any]:
    """Return what reads a kind of message, numbers written as text included."""
    return msgspec.json.Decoder(kind, strict=False).decode


COMBINED, DEPTH_OF, TIME = decoder(Combined), decoder(Depth), decoder(Time)
TRADE, KLINE, TICKER, UPDATE = decoder(AggTrade), decoder(Kline), decoder(BookTicker), decoder(DepthUpdate)
TRADES = decoder(list[AggTrade])
ROWS = decoder(list[Row])


def tick(symbol: str, data: Any, heard_at: int) -> Sequence[Item]:
    """Return the tick of an `aggTrade`."""
    return (tick_of(symbol, TRADE(data), heard_at),)


def tick_of(symbol: str, trade: AggTrade, heard_at: int) -> Tick:
    """Return a tick; who comes sells when the maker buys."""
    return Tick(symbol, trade.a, trade.T, trade.p, trade.q, SELL if trade.m else BUY, heard_at)


def bar(symbol: str, timeframe: int, data: Any, heard_at: int) -> Sequence[Item]:
    """Return the bar of a `kline`, when it has closed."""
    candle = KLINE(data).k
    if not candle.x:
        return (Forming(candle.t),)
    prices = candle.o, candle.h, candle.l, candle.c
    return (Closed(symbol, timeframe, candle.t, *prices, candle.v, heard_at),)


def bar_of(stream: Stream, row: Row, heard_at: int) -> Closed:
    """Return the bar of an answer's row."""
    prices = row.open, row.high, row.low, row.close
    return Closed(stream.symbol, stream.timeframe, row.open_at, *prices, row.volume, heard_at)


def top(symbol: str, data: Any, heard_at: int) -> Sequence[Item]:
    """Return the best prices of a `bookTicker`, which has no moment of its own: that of hearing stands for it."""
    best = TICKER(data)
    return (Top(symbol, best.u, heard_at // 1_000_000, best.b, best.B, best.a, best.A, heard_at),)


def changes(data: Any, heard_at: int) -> Sequence[Item]:
    """Return the changes of a `depthUpdate`."""
    update = UPDATE(data)
    return (Changes(update.U, update.u, update.E, update.b, update.a, heard_at),)


class Binance:
    """The dialect, for some streams."""

    venue = "binance"
    rest = "https://api.binance.com"
    wss = "wss://stream.binance.com:9443/stream"
    most = 200
    numbered = True
    told = False
    ping = b""
    # Weights are counted as ccxt does, five to one; aggregate trades weigh 4, which it has not learned yet.
    allowance = Allowance(window=60_000, cost=1_200.0, header="x-mbx-used-weight-1m", scale=5.0)
    clock = Question("/api/v3/time", {}, 0.2)

    def __init__(self, streams: Sequence[Stream]) -> None:
        self.streams = {wire(stream): stream for stream in streams}
        self.readers = {name: reader(stream) for name, stream in self.streams.items()}

    def subscribe(self, streams: Sequence[Stream], number: int) -> Sequence[bytes]:
        """Return SUBSCRIBE messages."""
        cuts = range(0, len(streams), TOGETHER)
        return [said("SUBSCRIBE", streams[cut : cut + TOGETHER], number + i) for i, cut in enumerate(cuts)]

    def unsubscribe(self, stream: Stream, number: int) -> bytes:
        """Return an UNSUBSCRIBE message."""
        return said("UNSUBSCRIBE", [stream], number)

    def read(self, message: bytes, heard_at: int) -> Read:
        """Route a message by the name of its stream."""
        combined = COMBINED(message)
        read = self.readers.get(combined.stream)
        if read is not None:
            return Read(self.streams[combined.stream], read(combined.data, heard_at))
        if bytes(combined.error):
            raise CryptoflowError(
                f"binance refuses a subscription: {bytes(combined.error).decode()}",
                fix="check the symbols of the spec against `exchangeInfo` of the venue",
                code=ExitCode.UNAVAILABLE,
            )
        return Read(None, (), answers=combined.id is not None)

    def ask(self, stream: Stream, after: int) -> Question:
        """Return what asks for ticks, bars or a snapshot."""
        symbol = {"symbol": market(stream.symbol)}
        if stream.kind is Kind.TICKS:
            return Question("/api/v3/aggTrades", {**symbol, "fromId": str(after + 1), "limit": str(PAGE)}, 0.8)
        if stream.kind is Kind.BARS:
            asked = {"interval": timeframe_name(stream.timeframe), "startTime": str(after + 1), "limit": str(PAGE)}
            return Question("/api/v3/klines", {**symbol, **asked}, 0.4)
        return Question("/api/v3/depth", {**symbol, "limit": str(DEPTH)}, 10.0)

    def answer(self, stream: Stream, body: bytes, venue_now: int, heard_at: int) -> Page:
        """Return ticks, bars that have closed, or a snapshot."""
        if stream.kind is Kind.TICKS:
            trades = TRADES(body)
            return Page([tick_of(stream.symbol, trade, heard_at) for trade in trades], len(trades) < PAGE)
        if stream.kind is Kind.BARS:
            rows = ROWS(body)
            closed = [row for row in rows if row.close_at < venue_now]
            return Page([bar_of(stream, row, heard_at) for row in closed], len(rows) < PAGE)
        depth = DEPTH_OF(body)
        return Page([Snapshot(depth.last, venue_now, depth.bids, depth.asks, heard_at)], newest=True)

    def time(self, body: bytes) -> int:
        """Return the server's time."""
        return int(TIME(body).moment)


def reader(stream: Stream) -> Callable[[Any, int], Sequence[Item]]:
    """Return what reads the messages of a stream."""
    symbol, timeframe = stream.symbol, stream.timeframe
    if stream.kind is Kind.TICKS:
        return lambda data, heard_at: tick(symbol, data, heard_at)
    if stream.kind is Kind.BARS:
        return lambda data, heard_at: bar(symbol, timeframe, data, heard_at)
    if stream.kind is Kind.TOP:
        return lambda data, heard_at: top(symbol, data, heard_at)
    return changes


def market(symbol: str) -> str:
    """Return what Binance calls a symbol.

    >>> market("BTC/USDT")
    'BTCUSDT'
    """
    return symbol.replace("/", "")


def wire(stream: Stream) -> str:
    """Return what Binance calls a stream.

    >>> wire(Stream("BTC/USDT", Kind.BARS, 60_000)), wire(Stream("BTC/USDT", Kind.BOOK))
    ('btcusdt@kline_1m', 'btcusdt@depth@100ms')
    """
    names = {
        Kind.TICKS: "aggTrade",
        Kind.BARS: f"kline_{timeframe_name(stream.timeframe)}",
        Kind.TOP: "bookTicker",
        Kind.BOOK: "depth@100ms",
    }
    return f"{market(stream.symbol).lower()}@{names[stream.kind]}"


def said(method: str, streams: Sequence[Stream], number: int) -> bytes:
    """Return a message to the venue."""
    return msgspec.json.encode({"method": method, "params": [wire(stream) for stream in streams], "id": number})
