"""A venue in a process of its own that says nothing but ticks, so many a second, and writes down when it sent each.

`python -m benchmarks.pump FILE RATE COUNT` prints its port; FILE takes epoch nanoseconds, one for each tick.
"""

import asyncio
import json
import sys
from pathlib import Path
from time import perf_counter, time_ns

import numpy as np
from aiohttp import web

from benchmarks.series import BEGIN

STEP = 0.0005
"""Seconds between looks at what is due: what is due together goes out together."""


LISTED = json.dumps(
    {
        "symbols": [
            {
                "symbol": "BTCUSDT",
                "status": "TRADING",
                "baseAsset": "BTC",
                "quoteAsset": "USDT",
                "isSpotTradingAllowed": True,
                "filters": [],
            }
        ]
    }
)
"""What ccxt has to know before it listens."""


class Pump:
    """Sends the ticks `1 … count` to the first who subscribes."""

    def __init__(self, file: Path, rate: int, count: int) -> None:
        self.rate, self.count = rate, count
        self.frames = [framed(number) for number in range(1, count + 1)]
        self.sent = np.memmap(file, np.int64, "w+", shape=(count,))
        self.done = asyncio.Event()

    async def stream(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        await socket.receive()
        await socket.send_str('{"result":null,"id":1}')
        assert isinstance(request.transport, asyncio.Transport)
        await self.pour(request.transport)
        async for _ in socket:
            pass
        self.done.set()
        return socket

    async def pour(self, transport: asyncio.Transport) -> None:
        await asyncio.sleep(0.5)
        began, sent = perf_counter(), 0
        while sent < self.count and not transport.is_closing():
            due = min(self.count, int((perf_counter() - began) * self.rate) + 1)
            if due > sent:
                self.sent[sent:due] = time_ns()
                transport.write(b"".join(self.frames[sent:due]))
                sent = due
            await asyncio.sleep(STEP)
        self.sent.flush()


def framed(number: int) -> bytes:
    """Return the frame of a tick as Binance sends it."""
    price, at = f"{40_000 + number % 100}.{number % 10}0000000", BEGIN + number // 12
    text = (
        f'{{"stream":"btcusdt@aggTrade","data":{{"e":"aggTrade","E":{at},"s":"BTCUSDT","a":{number},"p":"{price}",'
        f'"q":"0.01500000","f":{number},"l":{number},"T":{at},"m":{"true" if number % 2 else "false"},"M":true}}}}'
    ).encode()
    return b"\x81\x7e" + len(text).to_bytes(2, "big") + text


async def main(file: Path, rate: int, count: int) -> None:
    """Serve once, and end when the listener has gone."""
    pump = Pump(file, rate, count)
    app = web.Application()
    for path in ("/stream", "/stream/ws/{number}"):  # ours, and ccxt's
        app.router.add_get(path, pump.stream)
    app.router.add_get("/api/v3/exchangeInfo", lambda _: answer(LISTED))
    app.router.add_get("/api/v3/time", lambda _: answer(f'{{"serverTime":{time_ns() // 1_000_000}}}'))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await pump.done.wait()
    await runner.cleanup()


async def answer(text: str) -> web.Response:
    """Return an answer."""
    return web.Response(text=text, content_type="application/json")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
