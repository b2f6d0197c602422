"""Bars of a stream go into the store as they close, and what keeps one out is said."""

import asyncio
from pathlib import Path

from cryptoflow.domain.ticks import Closed
from cryptoflow.market.listings.archive import record
from cryptoflow.market.listings.terms import Snapshot, Terms
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.store import Store
from cryptoflow.pipelines.data.recording import Recording
from tests.market.store.stores import START, Still

MINUTE = 60_000
KEY = Key("binance", "BTC/USDT", MINUTE)


def bar(minute: int, close: float = 2.0) -> Closed:
    """The bar that opens at a minute."""
    return Closed("BTC/USDT", MINUTE, START + minute * MINUTE, 1.0, 2.0, 1.0, close, 9.0, heard_at=0)


def recorded(home: Path, *bars: Closed, now: int) -> list[str]:
    """Record bars when so many minutes are over, and return what is said; the day's listings are there already."""
    clock, said = Still(START + now * MINUTE), list[str]()
    record(home, "binance", Snapshot({"BTC/USDT": Terms("BTC", "USDT")}, {"BTC/USDT": 1.0}), clock.now())

    async def run() -> None:
        recording = Recording("binance", home, clock, said.append)
        async with recording.running():
            for each in bars:
                recording.take(each)

    asyncio.run(run())
    return said


def test_each_bar_covers_itself_and_a_missed_one_was_not_asked_for(tmp_path: Path) -> None:
    assert recorded(tmp_path, bar(0), bar(1), bar(3), now=10) == []
    dataset = Store(tmp_path / "data", Still(START + 10 * MINUTE)).dataset(KEY)
    assert dataset.uncovered(START, START + 4 * MINUTE) == ((START + 2 * MINUTE, START + 3 * MINUTE),)
    assert dataset.load().close.tolist() == [2.0, 2.0, 2.0]


def test_a_bar_that_contradicts_the_store_or_closes_in_the_future_is_left_out_and_said(tmp_path: Path) -> None:
    recorded(tmp_path, bar(0), now=10)
    contradiction, future = recorded(tmp_path, bar(0, close=1.5), bar(10), now=10)
    assert contradiction.startswith("1 bars of BTC/USDT 1m of binance are not stored: ")
    assert future == "a bar of BTC/USDT is left out: this machine's clock is behind binance's"
