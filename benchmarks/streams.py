"""A stream of 12,000 ticks a second from another process: into the engine's queue, through ccxt.pro, and only read."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time, time_ns
from typing import Any, NamedTuple

import aiohttp
import numpy as np

from benchmarks.figures import Aim, Times, Work
from cryptoflow.domain.ticks import Tick
from cryptoflow.market.rest.budget import Budgets
from cryptoflow.market.streams.feed import Feed
from cryptoflow.market.streams.manners import made

RATE = 12_000
SECONDS = 10
ROOT = Path(__file__).parents[1]

Listen = Callable[[str, int], Coroutine[Any, Any, "Any"]]


class Heard(NamedTuple):
    """What came of a stream: how many ticks in a row, latencies in seconds, the share of a core that it took."""

    ticks: int
    p50: float
    p99: float
    share: float
    longest: int


def streams() -> Iterator[Work]:
    """Time the feed beside a loop that reads the same frames and does nothing with them."""
    count = RATE * SECONDS

    @cache
    def both(_: int) -> tuple[Heard, Heard]:
        return heard(count), heard(count, bare)

    def latency() -> Times:
        turns.append(0)
        ours, loop = both(len(turns))
        return Times(ours.share / loop.share, ours.p99, ours.p99, loop.p99)

    def core() -> Times:
        turns.append(0)
        ours, loop = both(len(turns))
        return Times(ours.share / loop.share, ours.share, ours.share, loop.share)

    turns: list[int] = []
    against = "a loop that reads and decodes nothing"
    yield Work(f"{RATE:,} ticks/s into the queue, p99", latency, against, 1, "tick", Aim(0.95e-3, "unit"))
    yield Work("the same, processor in a second", core, against, aim=Aim(0.25, "seconds"))
    yield Work(f"{RATE:,} ticks/s through ccxt.pro, processor in a second", through, "our own reader")


def through() -> Times:
    """Time the feed through ccxt.pro beside itself without."""
    ccxt, ours = heard(RATE * SECONDS, through_ccxt), heard(RATE * SECONDS)
    return Times(ccxt.share / ours.share, ccxt.share, ccxt.share, ours.share)


def heard(count: int, listen: Listen | None = None, rate: int = RATE) -> Heard:
    """Listen to so many ticks from a process of its own; when each came is when it is taken out of the queue."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "sent"
        with pump(file, count, rate) as url:
            at, share, longest = run((listen or fed)(url, count))
        late = (at - np.fromfile(file, np.int64, count))[at > 0] / 1e9
    p50, p99 = (float(one) for one in np.percentile(late, (50, 99)))
    return Heard(len(late), p50, p99, share, longest)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run on uvloop when it is there, as it is with ccxt."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)


@contextmanager
def pump(file: Path, count: int, rate: int) -> Iterator[str]:
    """Start the server and return its address."""
    command = [sys.executable, "-m", "benchmarks.pump", str(file), str(rate), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        try:
            assert server.stdout is not None
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
            server.wait(10)
        finally:
            server.kill()


async def through_ccxt(url: str, count: int) -> tuple[Any, float, int]:
    """Take the same out of a feed that listens through ccxt."""
    return await fed(url, count, ccxt=True)


async def fed(url: str, count: int, *, ccxt: bool = False) -> tuple[Any, float, int]:
    """Take ticks out of the queue of a feed; each has to be the next one."""
    at = np.zeros(count, np.int64)
    with TemporaryDirectory() as budgets:
        feed = Feed("binance", ["BTC/USDT"], ["ticks"], url=url, ccxt=ccxt, budgets=Budgets(Path(budgets)))
        return await taken(feed, at)


async def taken(feed: Feed, at: Any) -> tuple[Any, float, int]:
    """Note when each tick is taken."""
    count = len(at)
    async with feed:
        began, spent, last = perf_counter(), process_time(), 0
        async for event in feed:
            if type(event) is Tick:
                if last == 0:
                    began, spent = perf_counter(), process_time()
                assert event.number == last + 1, (last, event.number)
                at[last] = time_ns()
                last = event.number
                if last == count:
                    break
        share = (process_time() - spent) / (perf_counter() - began)
        assert feed.figures()["channels"]["ticks"]["lost"] == 0
        return at, share, feed.queue.longest


async def plain_ccxt(url: str, count: int) -> tuple[Any, float, int]:
    """Listen with ccxt.pro as it comes, which drops what a burst brings beyond 1,000; nothing makes up for it."""
    at = np.zeros(count, np.int64)
    exchange = made("binance", url)
    exchange.options["tradesLimit"] = 1_000
    try:
        await exchange.load_markets()
        spent, began, last = process_time(), perf_counter(), 0
        while last < count:
            for trade in await exchange.watch_trades("BTC/USDT", None, None, {"name": "aggTrade"}):
                last = int(trade["id"])
                at[last - 1] = time_ns()
        share = (process_time() - spent) / (perf_counter() - began)
    finally:
        await exchange.close()
    return at, share, 0


async def bare(url: str, count: int) -> tuple[Any, float, int]:
    """Read frames and do nothing with them."""
    at = np.zeros(count, np.int64)
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url + "/stream", autoping=False, decode_text=False) as socket,
    ):
        await socket.send_str("{}")
        await socket.receive()
        began = spent = 0.0
        for place in range(count):
            await socket.receive()
            if place == 0:
                began, spent = perf_counter(), process_time()
            at[place] = time_ns()
        share = (process_time() - spent) / (perf_counter() - began)
    return at, share, 0
