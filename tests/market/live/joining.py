"""Prices of a spec on a clock that jumps: begun in the middle of a bar, with a store that ends days before.

A program of its own, because ccxt takes the clock by name when it is imported. Prints what came, as JSON.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from cryptoflow.clock import MachineClock, virtual_time
from cryptoflow.domain.ticks import Closed, Filled, Missed
from cryptoflow.market.bars import COLUMNS, Bars
from cryptoflow.market.live.rounds import Late, Round
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.store import Store
from cryptoflow.pipelines.live_prices import live_prices
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.venue.faults.script import Fault
from tests.market.streams.rehearsal import MINUTE, START, bars, venue

SYMBOLS = ("BTC/USDT", "ETH/USDT")
MINUTES, STORED, BEGIN = 3_250, 200, 3_080 * MINUTE + 31_700
SECONDS = 500
FAULTS = (
    Fault("disconnect", at=(100_000,)),
    Fault("failing", at=(101_000,), lasts=20_000),
    Fault("gap", at=(260_000,), lasts=10_000, channel="bars", symbol="ETHUSDT"),
    Fault("duplicate", share=0.2),
)

SPEC = """\
cryptoflow: 1
name: joined
market: {venue: binance, symbols: [BTC/USDT, ETH/USDT], timeframe: 1m}
capital: 12000 USDT
warmup: 3000
strategies: [{id: cross, use: ema_cross}]
"""


def rows(told: Bars) -> list[list[float]]:
    """The bars as rows of plain numbers."""
    return [list(row) for row in zip(*(getattr(told, name).tolist() for name in COLUMNS), strict=True)]


def row(bar: Closed) -> list[float]:
    """The same of a bar that was heard."""
    return [bar.open_at, bar.open, bar.high, bar.low, bar.close, bar.volume]


async def listened(folder: Path) -> dict[str, Any]:
    """Listen for some minutes, and return what came when."""
    clock = MachineClock()
    store = Store(folder / ".cryptoflow" / "data", clock)
    for symbol in SYMBOLS:
        held = bars(symbol, MINUTES).cut(0, STORED)
        store.dataset(Key("binance", symbol, MINUTE)).add(held, [(START, START + STORED * MINUTE)], "made up")
    (folder / "spec.yaml").write_text(SPEC)
    async with venue(FAULTS, symbols=SYMBOLS, minutes=MINUTES, ticks=4, after=BEGIN) as market:
        os.environ["CRYPTOFLOW_VENUES__BINANCE__URL"] = market.url
        async with live_prices(resolve(folder / "spec.yaml"), clock) as (past, told, feed):
            came: dict[str, list[list[float]]] = {symbol: rows(past[symbol]) for symbol in SYMBOLS}
            course: list[list[Any]] = []
            known = {symbol: len(came[symbol]) for symbol in SYMBOLS}
            try:
                async with asyncio.timeout(SECONDS):
                    async for each in told:
                        match each:
                            case Round():
                                course.append(["round", each.open_at, feed.now(), [*each.missing]])
                                for symbol, bar in each.bars.items():
                                    came[symbol].append(row(bar))
                            case Late(bar):
                                course.append(["late", bar.open_at, feed.now(), [bar.symbol]])
                                came[bar.symbol].append(row(bar))
                            case Missed() | Filled():
                                course.append([type(each).__name__.lower(), each.after, feed.now(), [each.symbol]])
            except TimeoutError:
                pass
    return {"came": came, "known": known, "course": course}


if __name__ == "__main__":
    with virtual_time(START + BEGIN) as loop:
        print(json.dumps(loop.run_until_complete(listened(Path(sys.argv[1])))))
