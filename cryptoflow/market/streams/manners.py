"""How ccxt.pro is set up to listen: which call hears which channel, what it must not drop, and where venues differ."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.rest.allowance import Priority
from cryptoflow.market.rest.budget import Budget
from cryptoflow.market.rest.dialects import mended, options_of
from cryptoflow.market.rest.venue_client import VenueClient
from cryptoflow.market.streams.channels import Kind
from cryptoflow.market.streams.guarding import guard
from cryptoflow.spec.nearest import nearest

VERBS: Mapping[Kind, tuple[str, ...]] = {
    Kind.TICKS: ("watchTrades",),
    Kind.BARS: ("watchOHLCV",),
    Kind.TOP: ("watchBidsAsks", "watchTicker"),
    Kind.BOOK: ("watchOrderBook",),
}
"""What ccxt calls the watching of each channel; the first that a venue has is taken."""

PARAMS: Mapping[tuple[str, Kind], Mapping[str, Any]] = {("binance", Kind.TICKS): {"name": "aggTrade"}}
"""What else is said when a channel is watched: Binance's aggregate trades are those that its REST numbers too."""

SINCE_NUMBER = {"binance": "fromId"}
"""Venues whose ticks have numbers that rise by one, and the parameter that asks for those from a number on."""

ROOM = 50_000
"""Ticks of a symbol that may come between two looks; ccxt's own 1,000 drops what a burst brings on top, untold."""

KEEP_ALIVE = 5_000
"""Milliseconds between pings; a connection on which two are not answered is given up."""

STREAM_PATHS: Mapping[str, Mapping[str, Any]] = {
    "binance": {"spot": "/stream/ws", "margin": "/stream/ws"},
    "bybit": {"public": {"spot": "/v5/public/spot"}},
}
"""Where streams are at the venues that can be sent elsewhere."""


def verb_of(exchange: Any, kind: Kind) -> str | None:
    """Return the name of the call that watches a channel at a venue, None where ccxt has none."""
    return next((verb for verb in VERBS[kind] if exchange.has.get(verb)), None)


def made(venue: str, url: str | None) -> Any:
    """Return a client of ccxt.pro that has asked nothing yet; `url` is where the venue is, None its own address."""
    import ccxt.pro

    if venue not in ccxt.exchanges:
        near = nearest(venue, ccxt.exchanges)
        raise CryptoflowError(
            f"ccxt knows no venue {venue}",
            fix=f"did you mean `{near}`?" if near else "the manual of ccxt lists the venues that it has",
        )
    if venue not in ccxt.pro.exchanges:
        raise CryptoflowError(
            f"ccxt has no streams of {venue}",
            fix="listen to a venue that it has them of; bars of the past can be had with `cryptoflow data download`",
            code=ExitCode.UNAVAILABLE,
        )
    options = options_of(venue, url)
    options["options"] |= {"tradesLimit": ROOM}
    if url is not None:
        options["urls"]["api"]["ws"] = placed(STREAM_PATHS[venue], url.rstrip("/").replace("http", "ws", 1))
    exchange = mended(venue, getattr(ccxt.pro, venue)(options), url)
    exchange.streaming["keepAlive"] = min(KEEP_ALIVE, exchange.streaming.get("keepAlive", KEEP_ALIVE))
    exchange.newUpdates = True
    if url is not None and url.startswith("http://"):
        exchange.timeout_on_exit = 0  # milliseconds in which encrypted connections end
    return exchange


@asynccontextmanager
async def listener(venue: str, url: str | None, budget: Budget, clock: Clock) -> AsyncIterator[Any]:
    """Open a client that listens; what it asks on the way, as for the snapshot of a book, is within the budget."""
    exchange = made(venue, url)
    VenueClient(venue, exchange, budget, Priority.LIVE, clock, url)
    guard(exchange)
    try:
        yield exchange
    finally:
        await exchange.close()


def placed(paths: Mapping[str, Any], root: str) -> dict[str, Any]:
    """Return paths as addresses.

    >>> placed({"public": {"spot": "/v5/public/spot"}}, "ws://127.0.0.1:8000")
    {'public': {'spot': 'ws://127.0.0.1:8000/v5/public/spot'}}
    """
    return {part: placed(path, root) if isinstance(path, Mapping) else root + path for part, path in paths.items()}
