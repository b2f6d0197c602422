"""A small market to play, and a clock that jumps to what happens next."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import aiohttp
import numpy as np

from cryptoflow.clock import MachineClock, virtual_time
from cryptoflow.market.bars import Bars
from cryptoflow.pipelines.venue import Play, Stock, opened
from cryptoflow.venue.faults.script import Fault, Script
from cryptoflow.venue.limits import Limits
from cryptoflow.venue.series import Terms
from cryptoflow.venue.server import RehearsalVenue
from cryptoflow.venue.tape import Tape

MINUTE = 60_000
START = 1_704_067_200_000
OPENING = START + 120 * MINUTE
TERMS = Terms(0.01, 0.00001, 10.0, 0.001, 0.001)
T = TypeVar("T")


def minutes(symbol: str = "BTC/USDT", count: int = 240, seed: int = 7) -> Bars:
    """Minutes of a walk, of which the eleventh is missing and the twenty-first had no trade."""
    luck = np.random.default_rng(seed)
    close = 40_000 + np.cumsum(luck.integers(-500, 501, count)) / 100
    open_ = np.concatenate(([40_000.0], close[:-1]))
    high = np.maximum(open_, close) + luck.integers(0, 300, count) / 100
    low = np.minimum(open_, close) - luck.integers(0, 300, count) / 100
    volume = luck.integers(0, 900_000, count) / 100_000
    volume[20], high[20], low[20], close[20], open_[21] = 0.0, open_[20], open_[20], open_[20], open_[20]
    high, low = np.maximum(high, open_), np.minimum(low, open_)
    columns = (START + MINUTE * np.arange(count), *(np.round(each, 2) for each in (open_, high, low, close)), volume)
    return Bars(symbol, MINUTE, *(np.delete(column, 10) for column in columns))


def tape(bars: Bars | None = None, *, seed: int = 1, ticks: int = 60) -> Tape:
    """A tape of those minutes."""
    return Tape(minutes() if bars is None else bars, TERMS, seed=seed, ticks=ticks)


def venue(
    *faults: Fault,
    symbols: tuple[str, ...] = ("BTC/USDT", "ETH/USDT"),
    play: Play = Play(seed=1),  # noqa: B008  # frozen
    limits: Limits | None = None,
) -> RehearsalVenue:
    """A venue that opens two hours into the market."""
    stock = Stock(tuple(minutes(symbol, seed=place) for place, symbol in enumerate(symbols)), OPENING, "binance")
    return opened(stock, MachineClock(), play, Script(faults, play.seed), limits)


def in_no_time(main: Callable[[], Awaitable[T]]) -> T:
    """Run a program on a clock that jumps."""

    async def run() -> T:
        return await main()

    with virtual_time(OPENING) as loop, asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(run())


@asynccontextmanager
async def visited(place: RehearsalVenue) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of a venue that is open meanwhile."""
    async with place, aiohttp.ClientSession(place.url) as session:
        yield session


async def heard(socket: aiohttp.ClientWebSocketResponse, seconds: float) -> list[Any]:
    """What is said on a socket for so long, as objects."""
    loop, found = asyncio.get_running_loop(), []
    until = loop.time() + seconds
    with suppress(TimeoutError):
        async with asyncio.timeout_at(until):
            while (message := await socket.receive()).type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.PING):
                if message.type is aiohttp.WSMsgType.TEXT:
                    found.append(message.json())
    return found
