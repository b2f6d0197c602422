"""A venue that says what a test has written down, over a real socket, and a broker that asks it."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from random import Random
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl

import ccxt.pro
from aiohttp import web

from cryptoflow.clock import MachineClock, virtual_time
from cryptoflow.domain.breakers.registry import Breakers
from cryptoflow.domain.events.event import Event
from cryptoflow.execution.brokers.ccxt_broker import CcxtBroker
from cryptoflow.execution.brokers.options import manners, private_urls

START = 1_704_067_200_000
T = TypeVar("T")

BTC = {
    "symbol": "BTCUSDT",
    "status": "TRADING",
    "baseAsset": "BTC",
    "quoteAsset": "USDT",
    "baseAssetPrecision": 8,
    "quotePrecision": 8,
    "quoteAssetPrecision": 8,
    "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT"],
    "isSpotTradingAllowed": True,
    "ocoAllowed": True,
    "quoteOrderQtyMarketAllowed": True,
    "permissionSets": [["SPOT"]],
    "filters": [
        {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1000000.00", "tickSize": "0.01"},
        {"filterType": "LOT_SIZE", "minQty": "0.00001", "maxQty": "9000.00", "stepSize": "0.00001"},
        {"filterType": "NOTIONAL", "minNotional": "10.00", "applyMinToMarket": True},
    ],
}


class Asked(NamedTuple):
    """A request as the venue saw it."""

    method: str
    path: str
    params: Mapping[str, str]
    at: float


class Says(NamedTuple):
    """An answer: with status 0 the connection is dropped instead, and `after` so many seconds."""

    body: Any
    status: int = 200
    after: float = 0.0


class Scripted:
    """A venue without a mind of its own: each path has its answers, of which the last one stays."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], deque[Says]] = {}
        self.asked: list[Asked] = []
        self.frames: list[Any] = []
        self.listened: list[float] = []
        self.deaf = False
        self.says("GET", "exchangeInfo", Says({"symbols": [BTC]}))
        self.says("GET", "time", Says({"serverTime": START}))

    def says(self, method: str, path: str, *answers: Says) -> None:
        """Write down what a path answers, one after the other."""
        self.answers[method, path] = deque(answers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""
        path = request.path.rpartition("/api/v3/")[2]
        sent = dict(parse_qsl(await request.text())) if request.method == "POST" else dict(request.query)
        self.asked.append(Asked(request.method, path, sent, asyncio.get_running_loop().time()))
        answers = self.answers[request.method, path]
        answer = answers.popleft() if len(answers) > 1 else answers[0]
        await asyncio.sleep(answer.after)
        if not answer.status:
            assert request.transport is not None
            request.transport.abort()
        if isinstance(answer.body, str):
            return web.Response(text=answer.body, status=answer.status or 200)
        return web.json_response(answer.body, status=answer.status or 200)

    async def listen(self, request: web.Request) -> web.WebSocketResponse:
        """Let an account listen: its request is granted, and then comes what is written down, frame by frame."""
        socket = web.WebSocketResponse(autoping=not self.deaf)
        await socket.prepare(request)
        self.listened.append(asyncio.get_running_loop().time())
        asked = await socket.receive_json()
        await socket.send_json({"id": asked["id"], "status": 200, "result": {"subscriptionId": 0}})
        for frame in self.frames:
            await socket.send_str(
                frame if isinstance(frame, str) else json.dumps({"subscriptionId": 0, "event": frame})
            )
        async for _ in socket:
            pass
        return socket

    def requests(self, path: str) -> list[Asked]:
        """The requests for a path."""
        return [each for each in self.asked if each.path == path]


class Scene(NamedTuple):
    """A broker, the venue that it asks, and what its breakers told."""

    broker: CcxtBroker
    venue: Scripted
    told: list[Event]
    breakers: Breakers


def client(url: str, key: str = "key", secret: str = "secret") -> Any:
    """An unmodified client of ccxt.pro, sent to an address; without its throttle, which has a clock of its own."""
    private = private_urls("binance", url)
    streams = {"spot": url.replace("http", "ws") + "/stream/ws", **private["ws"]}
    api = {**private, "public": f"{url}/api/v3", "v1": f"{url}/api/v1", "ws": streams}
    own = manners()
    options = {"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}, "fetchCurrencies": False}
    own["options"] |= options | {"fetchMargins": False}
    exchange = ccxt.pro.binance({**own, "apiKey": key, "secret": secret, "urls": {"api": api}})
    exchange.enableRateLimit, exchange.timeout_on_exit = False, 0
    return exchange


def breakers(told: list[Event]) -> Breakers:
    """Breakers on the clock of the test."""
    return Breakers(MachineClock().now, lambda event, _: told.append(event))


@asynccontextmanager
async def scripted() -> AsyncIterator[Scene]:
    """Open a scene."""
    venue, app, told = Scripted(), web.Application(), list[Event]()
    app.router.add_get("/ws-api/v3", venue.listen)
    app.router.add_route("*", "/{path:.*}", venue.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    exchange, known = client(url), breakers(told)
    try:
        await exchange.load_markets()
        venue.asked.clear()
        yield Scene(CcxtBroker(exchange, known, draw=Random(1)), venue, told, known)
    finally:
        await exchange.close()
        await runner.cleanup()


def played(scene: Callable[[Scene], Awaitable[T]]) -> T:
    """Play a scene on a clock that jumps."""

    async def run() -> T:
        async with scripted() as opened:
            return await asyncio.wait_for(scene(opened), 3_600)

    with virtual_time(START) as loop, asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(run())
