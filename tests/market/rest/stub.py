"""A venue small enough to read: binance's klines of bars that are worked out from their times, and its bad days."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from math import sin
from typing import TypeVar

from aiohttp import web

from cryptoflow.spec.durations import Timeframe

MINUTE, DAY = 60_000, 86_400_000
SYMBOLS = ("BTC", "ETH", "SOL")

FILTERS = [
    {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1000000", "tickSize": "0.01"},
    {"filterType": "LOT_SIZE", "minQty": "0.00001", "maxQty": "9000", "stepSize": "0.00001"},
    {"filterType": "NOTIONAL", "minNotional": "5", "applyMinToMarket": True},
]

T = TypeVar("T")
Answer = Callable[[web.Request], web.Response | None]


def kline(symbol: str, at: int, timeframe: int) -> list[object]:
    """The bar that opens at a moment, as binance writes it: always the same one."""
    close, before = (100 + 10 * sin((each + len(symbol) * ord(symbol[0])) / 7e6) for each in (at + timeframe, at))
    high, low = max(close, before) * 1.001, min(close, before) * 0.999
    prices = (f"{price:.2f}" for price in (before, high, low, close))
    return [at, *prices, f"{5 + at // timeframe % 7}.5", at + timeframe - 1, "0", 1, "0", "0", "0"]


@dataclass
class Stub:
    """What the venue has, and how it behaves."""

    now: Callable[[], int]
    begins: int = 0
    gaps: tuple[tuple[int, int], ...] = ()
    symbols: tuple[str, ...] = SYMBOLS
    most: int = 1000
    delay: float = 0.0
    answer: Answer = lambda _: None
    """What to answer instead, if anything."""
    asked: list[tuple[int, str]] = field(default_factory=list)
    row: Callable[[str, int, int], list[object]] = kline
    ignores_since: bool = False
    ignores_until: bool = False
    looks_at_a_window: bool = False

    def opens(self, since: int, until: int, timeframe: int, most: int, *, newest: bool) -> list[int]:
        """When the bars of a span open that this venue has, the first or the last ones."""
        first = -(-max(since, self.begins) // timeframe) * timeframe
        found = range(first, min(until, self.now()), timeframe)
        there = (
            at
            for at in (reversed(found) if newest else found)
            if not any(start <= at and at + timeframe <= end for start, end in self.gaps)
        )
        return sorted(islice(there, most))

    async def klines(self, request: web.Request) -> web.Response:
        asked = request.query
        timeframe, most = int(Timeframe(asked["interval"])), min(self.most, int(asked.get("limit", 500)))
        since, until = int(asked.get("startTime", 0)), int(asked.get("endTime", 2**53)) + 1
        if self.ignores_until:
            until = 2**53
        newest = self.ignores_since or "startTime" not in asked
        if newest:
            since = 0
        elif self.looks_at_a_window:
            until = min(until, since + most * timeframe)
        opens = self.opens(since, until, timeframe, most, newest=newest)
        return web.json_response([self.row(asked["symbol"], at, timeframe) for at in opens])

    async def time(self, _: web.Request) -> web.Response:
        return web.json_response({"serverTime": self.now()})

    async def listing(self, _: web.Request) -> web.Response:
        return web.json_response({"symbols": [market(base) for base in self.symbols]})

    async def tickers(self, _: web.Request) -> web.Response:
        return web.json_response([{"symbol": f"{base}USDT", "quoteVolume": "1000.5"} for base in self.symbols])

    @web.middleware
    async def manners(self, request: web.Request, handler: Callable) -> web.StreamResponse:
        self.asked.append((self.now(), request.path_qs))
        instead = self.answer(request)
        if self.delay:
            await asyncio.sleep(self.delay)
        return await handler(request) if instead is None else instead

    def pages(self) -> list[str]:
        """The pages of bars that were asked for."""
        return [path for _, path in self.asked if "klines" in path]

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[str]:
        """Serve on this machine, and yield the address."""
        app = web.Application(middlewares=[self.manners])
        app.router.add_get("/api/v3/klines", self.klines)
        app.router.add_get("/api/v3/time", self.time)
        app.router.add_get("/api/v3/exchangeInfo", self.listing)
        app.router.add_get("/api/v3/ticker/24hr", self.tickers)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


@contextmanager
def beside(serving: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """Serve from a thread while the test does something else."""
    started, ended = threading.Event(), asyncio.Event()
    loop, entered = asyncio.new_event_loop(), []

    async def serve() -> None:
        async with serving as server:
            entered.append(server)
            started.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert started.wait(60)
        yield entered[0]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


def market(base: str) -> dict[str, object]:
    """A symbol as exchangeInfo tells it."""
    return {
        "symbol": f"{base}USDT",
        "status": "TRADING",
        "baseAsset": base,
        "quoteAsset": "USDT",
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "orderTypes": ["LIMIT", "MARKET"],
        "isSpotTradingAllowed": True,
        "permissionSets": [["SPOT"]],
        "filters": FILTERS,
    }
