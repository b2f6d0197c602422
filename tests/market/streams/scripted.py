"""A venue of forty lines, for what no rehearsal does: its stream and its answers are two functions of a test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from cryptoflow.clock import MachineClock
from cryptoflow.domain.ticks import Heard
from cryptoflow.market.streams.feed import Feed

Socket = web.WebSocketResponse
Script = Callable[[Socket, asyncio.Transport], Awaitable[None]]
Answer = Callable[[web.Request], web.StreamResponse]
Refuse = Callable[[web.Request], Awaitable[web.StreamResponse | None]]


def tick(number: int, at: int = 0) -> str:
    """Return what Binance says of a tick."""
    return f'{{"stream":"btcusdt@aggTrade","data":{{"a":{number},"p":"1","q":"1","T":{at},"m":true}}}}'


def known(request: web.Request) -> web.StreamResponse:
    """Return what any venue answers: its time, what it lists, and that nothing was missed."""
    if request.path.endswith("time"):
        return web.json_response({"serverTime": MachineClock().now()})
    if request.path.endswith("exchangeInfo"):
        return web.json_response({"symbols": [{"baseAsset": "BTC", "quoteAsset": "USDT"}]})
    return web.json_response([])


async def open_for_good(socket: Socket) -> None:
    """Answer pings until the listener goes."""
    async for message in socket:
        if message.type is WSMsgType.PING:
            await socket.pong(message.data)


@asynccontextmanager
async def served(
    script: Script, answer: Answer = known, *, refuse: Refuse | None = None, subscribed: int = 1_000
) -> AsyncIterator[str]:
    """Open a venue that speaks Binance's dialect, and return where it is.

    `refuse` is asked before a stream opens; only so many connections are told that they are `subscribed`.
    """
    left = subscribed

    async def stream(request: web.Request) -> web.StreamResponse:
        if refuse is not None and (refusal := await refuse(request)) is not None:
            return refusal
        nonlocal left
        socket = Socket(autoping=False)
        await socket.prepare(request)
        assert isinstance(request.transport, asyncio.Transport)
        with suppress(ConnectionError):
            message = await socket.receive()
            if message.type is WSMsgType.TEXT:
                left -= 1
                if left >= 0:
                    await socket.send_json({"result": None, "id": message.json()["id"]})
                await script(socket, request.transport)
        return socket

    async def rest(request: web.Request) -> web.StreamResponse:
        return answer(request)

    app = web.Application()
    app.router.add_get("/stream", stream)
    app.router.add_get("/{rest:.*}", rest)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


async def listened(feed: Feed, seconds: float) -> list[Heard]:
    """Return what an entered feed says within some seconds."""
    events: list[Heard] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            async for event in feed:
                events.append(event)
    return events
