"""The calls by which ccxt.pro is listened to, one for each channel: each waits, and returns all that is new since."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.manners import PARAMS, ROOM, verb_of
from cryptoflow.market.times import timeframe_name


class Overrun(Exception):
    """More has come between two looks than ccxt keeps, so that some of it is gone."""


async def ticks(exchange: Any, stream: Stream) -> list[Any]:
    """Return the ticks that came, and empty ccxt's own store of them, which else grows to its bound."""
    trades = list(
        await exchange.watch_trades(stream.symbol, None, None, dict(PARAMS.get((exchange.id, stream.kind), {})))
    )
    kept = exchange.trades.get(stream.symbol)
    if kept is not None:
        kept.clear()
    if len(trades) >= ROOM:
        raise Overrun("more ticks came at once than are kept")
    return trades


async def bars(exchange: Any, stream: Stream) -> list[Any]:
    """Return the bars of which something was said."""
    return [list(row) for row in await exchange.watch_ohlcv(stream.symbol, timeframe_name(stream.timeframe))]


async def top(exchange: Any, stream: Stream) -> Any:
    """Return the newest of the best prices: what woke us may be older than what came right after it."""
    if verb_of(exchange, stream.kind) == "watchBidsAsks":
        said = await exchange.watch_bids_asks([stream.symbol])
        return exchange.bidsasks.get(stream.symbol) or said[stream.symbol]
    said = await exchange.watch_ticker(stream.symbol)
    return exchange.tickers.get(stream.symbol) or said


async def book(exchange: Any, stream: Stream) -> Any:
    """Return the book, which ccxt keeps."""
    return await exchange.watch_order_book(stream.symbol)


WATCHES: Mapping[Kind, Callable[[Any, Stream], Awaitable[Any]]] = {
    Kind.TICKS: ticks,
    Kind.BARS: bars,
    Kind.TOP: top,
    Kind.BOOK: book,
}
