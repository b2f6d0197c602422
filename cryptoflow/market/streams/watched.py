"""What ccxt's answers mean: pure, so that a venue's manners can be tried without it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import Any

from cryptoflow.domain.codes import BUY, SELL
from cryptoflow.domain.ticks import Closed, Tick, Top
from cryptoflow.market.streams.channels import Stream
from cryptoflow.market.streams.said import Changes, Forming, Item, Named, Snapshot

SIDES = {"buy": BUY, "sell": SELL}
UNTOLD = 0
"""The side of a tick of which the venue does not say who came."""

Row = Sequence[Any]


class Ticks:
    """Ticks as ccxt has them; those without a name are called by what they say, and which of its like each is."""

    def __init__(self, symbol: str, numbered: bool) -> None:
        self.symbol, self.numbered = symbol, numbered
        self.alike: Counter[str] = Counter()
        self.at = 0

    def read(self, trades: Iterable[Mapping[str, Any]], heard_at: int) -> list[Item]:
        """Return ticks in the order of time, without those that lack a moment or a price and quantity that can be.

        >>> twice = [{"timestamp": 5, "price": 2.0, "amount": 1.0, "side": "buy"}] * 2
        >>> [item.name for item in Ticks("BTC/USDT", numbered=False).read(twice, 0)]
        ['5 buy 2.0 1.0 1', '5 buy 2.0 1.0 2']
        """
        items: list[Item] = []
        legible = (each for each in trades if each["timestamp"] is not None and can_be(each["price"], each["amount"]))
        for trade in sorted(legible, key=lambda each: each["timestamp"]):
            at, price, quantity = trade["timestamp"], float(trade["price"]), float(trade["amount"])
            name = trade.get("id") or self._named(trade, at)
            number = int(name) if self.numbered else 0
            tick = Tick(self.symbol, number, at, price, quantity, SIDES.get(trade.get("side") or "", UNTOLD), heard_at)
            items.append(tick if self.numbered else Named(str(name), tick))
        return items

    def _named(self, trade: Mapping[str, Any], at: int) -> str:
        if at > self.at:
            self.at = at
            self.alike.clear()
        name = f"{at} {trade.get('side')} {trade['price']} {trade['amount']}"
        self.alike[name] += 1
        return f"{name} {self.alike[name]}"


class Rows:
    """Bars of a stream that does not say which have closed: one has when the next is under way."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.forming: Closed | None = None
        self.told = 0

    def read(self, rows: Iterable[Row], heard_at: int) -> list[Item]:
        """Return the bars that have closed, and which one is under way; before the first of those nothing counts.

        >>> rows = Rows(Stream("BTC/USDT", "bars", 60_000))
        >>> rows.read([[0, 1, 1, 1, 1, 5], [60_000, 1, 2, 1, 2, 3]], 7)
        [Forming(open_at=60000)]
        >>> [item.open_at for item in rows.read([[60_000, 1, 3, 1, 3, 4], [120_000, 3, 3, 3, 3, 1]], 8)]
        [60000, 120000]
        """
        bars = sorted((bar_of(self.stream, row, heard_at) for row in rows if whole(row)), key=lambda bar: bar.open_at)
        if not bars:
            return []
        if self.forming is None:
            self.forming = bars[-1]
            return [Forming(self.forming.open_at)]
        closed: list[Item] = []
        for bar in bars:
            if bar.open_at > self.forming.open_at:
                closed += self.new([self.forming._replace(heard_at=heard_at)])
            if bar.open_at >= self.forming.open_at:
                self.forming = bar
        return [*closed, Forming(self.forming.open_at)]

    def new(self, bars: Iterable[Item]) -> list[Item]:
        """Return closed bars that have not been told, wherever they come from; now they have."""
        found = [bar for bar in bars if isinstance(bar, Closed) and bar.open_at > self.told]
        self.told = max((bar.open_at for bar in found), default=self.told)
        return [*found]

    def over(self, venue_now: int) -> int | None:
        """Return the open of the first bar that has ended untold, which only the venue's past can tell."""
        if self.forming is None:
            return None
        first = max(self.forming.open_at, self.told + self.stream.timeframe)
        return first if first + self.stream.timeframe <= venue_now else None


class Best:
    """The best prices, counted by us; what does not change them is not told."""

    def __init__(self, symbol: str) -> None:
        self.symbol = symbol
        self.number = 0
        self.prices: tuple[float, ...] = ()

    def read(self, ticker: Mapping[str, Any], heard_at: int) -> list[Item]:
        """Return the best prices when they are others than before."""
        bid, ask = ticker.get("bid"), ticker.get("ask")
        if not bid or not ask:
            return []
        prices = (bid, ticker.get("bidVolume") or 0.0, ask, ticker.get("askVolume") or 0.0)
        if prices == self.prices:
            return []
        self.prices = prices
        self.number += 1
        return [Top(self.symbol, self.number, ticker.get("timestamp") or heard_at // 1_000_000, *prices, heard_at)]


class Books:
    """The book of a symbol, whole each time; numbered by the venue where it does, else counted by us."""

    def __init__(self) -> None:
        self.number = 0

    def read(self, book: Mapping[str, Any], heard_at: int) -> list[Item]:
        """Return the book."""
        self.number = max(self.number + 1, book.get("nonce") or 0)
        bids, asks = ([(level[0], level[1]) for level in book[side]] for side in ("bids", "asks"))
        return [Snapshot(self.number, book.get("timestamp") or heard_at // 1_000_000, bids, asks, heard_at)]

    def broken(self, heard_at: int) -> list[Item]:
        """Return what says that a change was missed, so that the book counts no more until it comes whole again."""
        return [Changes(self.number + 2, self.number + 2, heard_at // 1_000_000, (), (), heard_at)]


def whole(row: Row) -> bool:
    """Say whether nothing of a bar is missing or cannot be.

    >>> from math import nan
    >>> whole([0, 1.0, 2.0, 1.0, 1.5, 9.0]), whole([0, 1.0, None, 1.0, 1.5, 9.0]), whole([0, 1.0, nan, 1.0, 1.5, 9.0])
    (True, False, False)
    """
    return len(row) >= 6 and row[0] is not None and all(can_be(price, row[5]) for price in row[1:5])


def can_be(price: Any, quantity: Any) -> bool:
    """Say whether something can have been traded at a price, in a quantity.

    >>> from math import nan
    >>> can_be(1.5, 0.0), can_be(0.0, 1.0), can_be(nan, 1.0), can_be(1.5, None)
    (True, False, False, False)
    """
    return None not in (price, quantity) and 0 < float(price) < inf and 0 <= float(quantity) < inf


def bar_of(stream: Stream, row: Row, heard_at: int) -> Closed:
    """Return the bar of a row."""
    prices = float(row[1]), float(row[2]), float(row[3]), float(row[4])
    return Closed(stream.symbol, stream.timeframe, int(row[0]), *prices, float(row[5]), heard_at)
