"""Bybit's way to want to be asked less: a success with a code inside, or a ban that lifts after ten minutes."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from cryptoflow.clock import MachineClock, virtual_time
from cryptoflow.pipelines.data.download import downloaded
from cryptoflow.pipelines.data.wanted import Wanted
from cryptoflow.settings import settings
from cryptoflow.venue.dialects.bybit import Bybit
from cryptoflow.venue.faults.script import Fault
from tests.market.rest.scene import Told
from tests.market.streams.rehearsal import MINUTE, START, venue

SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")


@pytest.mark.parametrize(("kind", "lasts", "least"), [("limited", 200, 198), ("banned", 200, 600)])
def test_it_is_asked_once_and_then_left_alone(
    kind: str, lasts: int, least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with virtual_time(START) as loop:
        refused, took, told = loop.run_until_complete(_refused(kind, lasts, tmp_path, monkeypatch.setenv))
    assert refused == 1
    assert least <= took <= least + 5
    assert told.lines[0].startswith("bybit wants no requests before 2024-01-01 00:")


async def _refused(kind: str, lasts: int, home: Path, setenv: Callable[[str, str], None]) -> tuple[int, float, Told]:
    """Download while the venue, whose clock is 50 minutes ahead, refuses; how often it did, how long it took."""
    fault = Fault(kind, at=(1_000,), lasts=lasts * 1_000)
    async with venue([fault], symbols=SYMBOLS, minutes=60, after=50 * MINUTE, ticks=10, dialect=Bybit) as bybit:
        setenv("CRYPTOFLOW_VENUES__BYBIT__URL", bybit.url)
        settings.cache_clear()
        await asyncio.sleep(2)
        told, began = Told(), asyncio.get_running_loop().time()
        wanted = Wanted("bybit", tuple((symbol, MINUTE) for symbol in SYMBOLS), START - MINUTE, None, home)
        found = await downloaded(wanted, told, MachineClock())
        assert [each.problem for each in found.series] == [None] * 3
        refused = sum(entry.kind == kind for entry in bybit.faults.log.entries)
        return refused, asyncio.get_running_loop().time() - began, told
