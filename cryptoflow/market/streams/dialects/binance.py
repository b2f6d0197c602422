"""Binance spot: combined streams, aggregate trades by number, the book by number too.

`aggTrade` is heard rather than `trade`: its numbers rise by one, and the past can be asked from any of them on.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw, Struct

from cryptoflow.domain.codes import BUY, SELL
from cryptoflow.domain.ticks import Closed, Tick, Top
from cryptoflow.market.rest.allowance import Allowance
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.dialects.dialect import Best, Price, Quantity, Question, Read, Verb
from cryptoflow.market.streams.said import Changes, Forming, Item, Page, Snapshot, sure
from cryptoflow.market.times import timeframe_name

PAGE = 1000
"""Rows of an answer at most; so many mean that there are more."""

DEPTHS = ((36, 1000, 10.0), (72, 500, 5.0), (360, 100, 1.0))
"""Up to so many books their snapshots have so many levels on each side, at that cost: all together are to take no more
than half of what may be asked in a minute while something is missing."""

TIMEFRAMES: tuple[str, ...] = (
    "1s",
    "1m",
    "3m",
    "5m",
    "15m",
    "30m",
    "1h",
    "2h",
    "4h",
    "6h",
    "8h",
    "12h",
    "1d",
    "3d",
    "1w",
)


LEAVING = 40
"""Bytes in which an event without a stream says what it is."""

Now = Callable[[int], int]


def milliseconds(ours: int) -> int:
    """Return what a clock shows that is the same as ours."""
    return ours // 1_000_000


class Row(NamedTuple):
    """A bar in an answer."""

    open_at: int
    open: Price
    high: Price
    low: Price
    close: Price
    volume: Quantity
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
    p: Price
    q: Quantity
    T: int
    m: bool


class Candle(Struct):
    """The inside of a kline; `x` when it has closed."""

    t: int
    o: Price
    h: Price
    l: Price  # noqa: E741  # their name
    c: Price
    v: Quantity
    x: bool


class Kline(Struct):
    """A kline's wrapping."""

    k: Candle


class BookTicker(Struct):
    """The best prices, with the number of the book's change; no moment."""

    u: int
    b: Best
    B: Quantity
    a: Best
    A: Quantity


class DepthUpdate(Struct):
    """Changes of the book, by its numbers `U` to `u`."""

    E: int
    U: int
    u: int
    b: list[tuple[Price, Quantity]]
    a: list[tuple[Price, Quantity]]


class Depth(Struct):
    """A snapshot of the book; no moment."""

    last: int = msgspec.field(name="lastUpdateId")
    bids: list[tuple[Price, Quantity]]
    asks: list[tuple[Price, Quantity]]


class Listing(Struct):
    """A symbol that is traded, or was."""

    base: str = msgspec.field(name="baseAsset")
    quote: str = msgspec.field(name="quoteAsset")


class Listings(Struct):
    """All symbols."""

    symbols: list[Listing]


class Time(Struct):
    """What the clock shows."""

    moment: int = msgspec.field(name="serverTime")


def decoder(kind: Any) -> Callable[[Any], Any]:
    """Return what reads a kind of message, numbers written as text included."""
    return msgspec.json.Decoder(kind, strict=False).decode


COMBINED, DEPTH_OF, TIME, LISTED = decoder(Combined), decoder(Depth), decoder(Time), decoder(Listings)
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


def top(symbol: str, now: Now, data: Any, heard_at: int) -> Sequence[Item]:
    """Return the best prices of a `bookTicker`, which has no moment of its own: that of hearing stands for it."""
    best = TICKER(data)
    if not (best.b and best.a):
        return ()
    return (Top(symbol, best.u, now(heard_at), best.b, best.B, best.a, best.A, heard_at),)


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
    together = 100  # a connection may send five messages a second
    numbered = True
    told = False
    ping = b""
    # Weights are counted as ccxt does, five to one; aggregate trades weigh 4, which it has not learned yet.
    allowance = Allowance(window=60_000, cost=1_200.0, header="x-mbx-used-weight-1m", scale=5.0)
    clock = Question("/api/v3/time", {}, 0.2)
    listing = Question("/api/v3/exchangeInfo", {"showPermissionSets": "false"}, 4.0)
    timeframes = TIMEFRAMES

    def __init__(self, streams: Sequence[Stream], now: Now = milliseconds) -> None:
        """`now` tells what the venue's clock shows when ours shows so many nanoseconds."""
        self.streams = {wire(stream): stream for stream in streams}
        self.readers = {name: reader(stream, now) for name, stream in self.streams.items()}
        books = sum(stream.kind is Kind.BOOK for stream in streams)
        _, self.levels, self.snapshot_cost = next((each for each in DEPTHS if books <= each[0]), DEPTHS[-1])

    def request(self, verb: Verb, streams: Sequence[Stream], number: int) -> bytes:
        """Return a SUBSCRIBE or UNSUBSCRIBE message."""
        names = [wire(stream) for stream in streams]
        return msgspec.json.encode({"method": verb.upper(), "params": names, "id": number})

    def read(self, message: bytes, heard_at: int) -> Read:
        """Route a message by the name of its stream."""
        combined = COMBINED(message)
        read = self.readers.get(combined.stream)
        if read is not None:
            return Read(self.streams[combined.stream], read(combined.data, heard_at))
        leaving = b'"serverShutdown"' in bytes(combined.data) or b'"serverShutdown"' in message[:LEAVING]
        return Read(None, (), combined.id, bytes(combined.error).decode(), leaving)

    def ask(self, stream: Stream, after: int) -> Question:
        """Return what asks for ticks, bars or a snapshot."""
        symbol = {"symbol": market(stream.symbol)}
        if stream.kind is Kind.TICKS:
            return Question("/api/v3/aggTrades", {**symbol, "fromId": str(after + 1), "limit": str(PAGE)}, 0.8)
        if stream.kind is Kind.BARS:
            asked = {"interval": timeframe_name(stream.timeframe), "startTime": str(after + 1), "limit": str(PAGE)}
            return Question("/api/v3/klines", {**symbol, **asked}, 0.4)
        return Question("/api/v3/depth", {**symbol, "limit": str(self.levels)}, self.snapshot_cost)

    def answer(self, stream: Stream, body: bytes, venue_now: int, heard_at: int) -> Page:
        """Return ticks, bars, or a snapshot."""
        if stream.kind is Kind.TICKS:
            trades = TRADES(body)
            return Page([tick_of(stream.symbol, trade, heard_at) for trade in trades], len(trades) < PAGE)
        if stream.kind is Kind.BARS:
            rows = ROWS(body)
            return Page(sure([bar_of(stream, row, heard_at) for row in rows], venue_now), len(rows) < PAGE)
        depth = DEPTH_OF(body)
        return Page([Snapshot(depth.last, venue_now, depth.bids, depth.asks, heard_at)], newest=True)

    def listed(self, body: bytes) -> Sequence[str]:
        """Return the symbols of an `exchangeInfo`."""
        return [f"{each.base}/{each.quote}" for each in LISTED(body).symbols]

    def time(self, body: bytes) -> int:
        """Return the server's time."""
        return int(TIME(body).moment)


def reader(stream: Stream, now: Now) -> Callable[[Any, int], Sequence[Item]]:
    """Return what reads the messages of a stream."""
    symbol, timeframe = stream.symbol, stream.timeframe
    if stream.kind is Kind.TICKS:
        return lambda data, heard_at: tick(symbol, data, heard_at)
    if stream.kind is Kind.BARS:
        return lambda data, heard_at: bar(symbol, timeframe, data, heard_at)
    if stream.kind is Kind.TOP:
        return lambda data, heard_at: top(symbol, now, data, heard_at)
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
