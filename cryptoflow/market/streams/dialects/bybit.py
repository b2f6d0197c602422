"""Bybit spot (v5): topics; ticks have names but no numbers, a book begins with a snapshot in its own stream."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Raw, Struct

from cryptoflow.domain.codes import BUY, SELL
from cryptoflow.domain.ticks import Closed, Tick, Top
from cryptoflow.market.rest.allowance import Allowance
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.dialects.binance import Now, decoder, market, milliseconds
from cryptoflow.market.streams.dialects.dialect import Price, Quantity, Question, Read, Verb
from cryptoflow.market.streams.port import Unanswered
from cryptoflow.market.streams.said import Changes, Forming, Item, Named, Page, Snapshot, sure
from cryptoflow.market.times import DAY, MINUTE, WEEK

PAGE = 1000
LATEST = 60
"""Ticks that the venue tells again at most."""

LEVELS = 50

TIMEFRAMES: tuple[str, ...] = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d", "1w")

Levels = list[tuple[Price, Quantity]]


class Message(Struct):
    """A topic's message, or an answer (`op`)."""

    topic: str = ""
    type: str = ""
    ts: int = 0
    data: Raw = Raw()
    op: str = ""
    success: bool = True
    ret_msg: str = ""
    req_id: str = ""


class Trade(Struct):
    """A trade in a topic's message: moment, side, quantity, price, name."""

    T: int
    S: Literal["Buy", "Sell"]
    v: Quantity
    p: Price
    i: str


class Recent(Struct):
    """A trade in an answer."""

    name: str = msgspec.field(name="execId")
    price: Price
    size: Quantity
    side: Literal["Buy", "Sell"]
    time: int


class Candle(Struct):
    """A bar; `confirm` when it has closed."""

    start: int
    open: Price
    high: Price
    low: Price
    close: Price
    volume: Quantity
    confirm: bool


class Depth(Struct):
    """A book, or what has changed of it."""

    b: Levels
    a: Levels
    u: int


class Answer(Struct):
    """The wrapping of every answer."""

    code: int = msgspec.field(name="retCode")
    message: str = msgspec.field(name="retMsg")
    result: Raw
    time: int = 0


class Trades(Struct):
    """The last trades, newest first."""

    rows: list[Recent] = msgspec.field(name="list")


class Row(NamedTuple):
    """A bar in an answer."""

    open_at: int
    open: Price
    high: Price
    low: Price
    close: Price
    volume: Quantity
    turnover: Any


class Klines(Struct):
    """Bars, newest first."""

    rows: list[Row] = msgspec.field(name="list")


class Instrument(Struct):
    """A symbol that is traded."""

    base: str = msgspec.field(name="baseCoin")
    quote: str = msgspec.field(name="quoteCoin")


class Instruments(Struct):
    """All symbols."""

    rows: list[Instrument] = msgspec.field(name="list")


MESSAGE, ANSWER, LISTED = decoder(Message), decoder(Answer), decoder(Instruments)
TICKS, CANDLES, BOOK = decoder(list[Trade]), decoder(list[Candle]), decoder(Depth)
TRADES, KLINES = decoder(Trades), decoder(Klines)
SIDES = {"Buy": BUY, "Sell": SELL}


class Bybit:
    """The dialect, for some streams."""

    venue = "bybit"
    rest = "https://api.bybit.com"
    wss = "wss://stream.bybit.com/v5/public/spot"
    most = 100
    together = 10
    numbered = False
    told = True
    ping = b'{"op":"ping"}'
    allowance = Allowance(window=5_000, cost=250.0)
    clock = Question("/v5/market/time", {}, 5.0)
    listing = Question("/v5/market/instruments-info", {"category": "spot"}, 5.0)
    timeframes = TIMEFRAMES

    def __init__(self, streams: Sequence[Stream], now: Now = milliseconds) -> None:  # noqa: ARG002  # all has moments
        self.streams = {topic(stream): stream for stream in streams}
        self.best: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {}

    def request(self, verb: Verb, streams: Sequence[Stream], number: int) -> bytes:
        """Return a `subscribe` or `unsubscribe` message."""
        return msgspec.json.encode({"op": verb, "args": [topic(stream) for stream in streams], "req_id": str(number)})

    def read(self, message: bytes, heard_at: int) -> Read:
        """Route a message by its topic."""
        whole = MESSAGE(message)
        stream = self.streams.get(whole.topic)
        if stream is not None:
            return Read(stream, self._items(stream, whole, heard_at))
        number = int(whole.req_id) if whole.req_id.isdecimal() else None
        return Read(None, (), number, "" if whole.success else whole.ret_msg)

    def _items(self, stream: Stream, whole: Message, heard_at: int) -> Sequence[Item]:
        symbol = stream.symbol
        if stream.kind is Kind.TICKS:
            return [
                Named(each.i, Tick(symbol, 0, each.T, each.p, each.v, SIDES[each.S], heard_at))
                for each in TICKS(whole.data)
            ]
        if stream.kind is Kind.BARS:
            return [bar(stream, candle, heard_at) for candle in CANDLES(whole.data)]
        depth = BOOK(whole.data)
        if stream.kind is Kind.TOP:
            return self._top(symbol, whole.ts, depth, heard_at)
        if whole.type == "snapshot":
            return [Snapshot(depth.u, whole.ts, depth.b, depth.a, heard_at)]
        return [Changes(depth.u, depth.u, whole.ts, depth.b, depth.a, heard_at)]

    def _top(self, symbol: str, at: int, depth: Depth, heard_at: int) -> Sequence[Item]:
        """A side that has not changed may be left out."""
        bid, ask = self.best.get(symbol, ((0.0, 0.0), (0.0, 0.0)))
        bid = next((level for level in depth.b if level[1]), bid)
        ask = next((level for level in depth.a if level[1]), ask)
        self.best[symbol] = bid, ask
        return [Top(symbol, depth.u, at, *bid, *ask, heard_at)] if bid[0] and ask[0] else []

    def ask(self, stream: Stream, after: int) -> Question:
        """Return what asks for the last ticks, or for bars."""
        asked = {"category": "spot", "symbol": market(stream.symbol)}
        if stream.kind is Kind.TICKS:
            return Question("/v5/market/recent-trade", {**asked, "limit": str(LATEST)}, 5.0)
        # Without an end the newest bars come, not those after the start.
        end = after + PAGE * stream.timeframe
        span = {"start": str(after + stream.timeframe), "end": str(end), "limit": str(PAGE)}
        return Question("/v5/market/kline", {**asked, "interval": interval(stream.timeframe), **span}, 5.0)

    def answer(self, stream: Stream, body: bytes, venue_now: int, heard_at: int) -> Page:
        """Return ticks, or bars."""
        result = unwrapped(body).result
        if stream.kind is Kind.TICKS:
            ticks = [
                Named(each.name, Tick(stream.symbol, 0, each.time, each.price, each.size, SIDES[each.side], heard_at))
                for each in reversed(TRADES(result).rows)
            ]
            return Page(ticks, newest=True)
        rows = KLINES(result).rows[::-1]
        return Page(sure([bar_of(stream, row, heard_at) for row in rows], venue_now), newest=len(rows) < PAGE)

    def listed(self, body: bytes) -> Sequence[str]:
        """Return the symbols of an `instruments-info`."""
        return [f"{each.base}/{each.quote}" for each in LISTED(unwrapped(body).result).rows]

    def time(self, body: bytes) -> int:
        """Return the server's time."""
        return int(unwrapped(body).time)


def bar(stream: Stream, candle: Candle, heard_at: int) -> Item:
    """Return a bar, when it has closed."""
    if not candle.confirm:
        return Forming(candle.start)
    prices = candle.open, candle.high, candle.low, candle.close
    return Closed(stream.symbol, stream.timeframe, candle.start, *prices, candle.volume, heard_at)


def bar_of(stream: Stream, row: Row, heard_at: int) -> Closed:
    """Return the bar of an answer's row."""
    prices = row.open, row.high, row.low, row.close
    return Closed(stream.symbol, stream.timeframe, row.open_at, *prices, row.volume, heard_at)


def unwrapped(body: bytes) -> Answer:
    """Return an answer, or raise what the venue says against the question."""
    answer: Answer = ANSWER(body)
    if answer.code:
        raise Unanswered(f"bybit refuses a question: {answer.message}")
    return answer


def interval(timeframe: int) -> str:
    """Return what Bybit calls a timeframe.

    >>> interval(60_000), interval(14_400_000), interval(86_400_000)
    ('1', '240', 'D')
    """
    return {DAY: "D", WEEK: "W"}.get(timeframe, str(timeframe // MINUTE))


def topic(stream: Stream) -> str:
    """Return what Bybit calls a stream.

    >>> topic(Stream("BTC/USDT", Kind.BARS, 300_000)), topic(Stream("BTC/USDT", Kind.TOP))
    ('kline.5.BTCUSDT', 'orderbook.1.BTCUSDT')
    """
    names = {
        Kind.TICKS: "publicTrade",
        Kind.BARS: f"kline.{interval(stream.timeframe)}",
        Kind.TOP: "orderbook.1",
        Kind.BOOK: f"orderbook.{LEVELS}",
    }
    return f"{names[stream.kind]}.{market(stream.symbol)}"
