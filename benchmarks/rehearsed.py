"""A flood of ticks from `cryptoflow venue serve` in a process of its own, as the engine takes them out of the queue."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter, process_time, time_ns
from typing import NamedTuple

import numpy as np

from cryptoflow.domain.ticks import Tick
from cryptoflow.market.streams.feed import Feed

ROOT = Path(__file__).parents[1]
PROGRAM = "from cryptoflow.cli.main import main; main()"


class Taken(NamedTuple):
    """How many ticks came, how many of them each the next of the last, milliseconds from socket to engine, the share
    of a core that it took, and the most that waited.
    """

    ticks: int
    in_order: int
    p50: float
    p99: float
    share: float
    longest: int


@contextmanager
def rehearsal(rate: int) -> Iterator[str]:
    """Start a venue that says so many ticks a second, and return its address."""
    command = [
        sys.executable,
        "-c",
        PROGRAM,
        "venue",
        "serve",
        "--flood",
        str(rate),
        "--symbols",
        "BTC/USDT",
        "--quiet",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield [server.stdout.readline() for _ in range(2)][1].partition("=")[2].strip()
        finally:
            server.terminate()


async def taken(url: str, seconds: float) -> Taken:
    """Take the ticks of some seconds."""
    numbers: list[int] = []
    late: list[int] = []
    async with Feed("binance", ["BTC/USDT"], ["ticks"], url=url) as feed:
        await anext(feed)
        began, spent = perf_counter(), process_time()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                async for event in feed:
                    if type(event) is Tick:
                        late.append(time_ns() - event.heard_at)
                        numbers.append(event.number)
        share = (process_time() - spent) / (perf_counter() - began)
        longest = feed.queue.longest
    p50, p99 = (float(one) / 1e6 for one in np.percentile(late, (50, 99)))
    return Taken(len(numbers), 1 + int((np.diff(numbers) == 1).sum()), p50, p99, share, longest)
