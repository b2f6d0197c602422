"""What a spec runs on is what the rehearsal venue plays."""

from pathlib import Path

import aiohttp
import pytest

from cryptoflow.clock import MachineClock
from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.faults import faults_of
from cryptoflow.pipelines.history import Window, load_history
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.venue import made_up, moment_of, opened, speed_of, stock_of
from tests.cli.projects import small
from tests.venue.markets import in_no_time

HOUR = 3_600_000


def test_the_venue_of_a_spec_tells_the_bars_its_backtest_reads(tmp_path: Path) -> None:
    resolved = resolve(small(tmp_path))
    history = load_history(resolved, Window(), tmp_path / "home").series[0]
    stock = stock_of(resolved, start=history.ends()[1] + HOUR)

    async def main() -> list[list[str]]:
        async with opened(stock, MachineClock()) as venue, aiohttp.ClientSession(venue.url) as session:
            start = history.ends()[0]
            path = f"/api/v3/klines?symbol=BTCUSDT&interval=1h&startTime={start}&limit=1000"
            rows: list[list[str]] = await (await session.get(path)).json()
            return rows

    told = in_no_time(main)
    bars = history.cut(0, len(history))
    columns = (bars.open_at, bars.open, bars.high, bars.low, bars.close, bars.volume)
    assert [tuple(map(float, row[:6])) for row in told] == [
        tuple(map(float, row)) for row in zip(*(column.tolist() for column in columns), strict=True)
    ]


def test_a_made_up_market_is_played_in_minutes_with_a_month_behind_it() -> None:
    stock = made_up("synthetic", 1_717_200_000_000, ["SOL/USDT"], seed=3, venue="binance")
    assert [bars.symbol for bars in stock.bars] == ["SOL/USDT"]
    assert stock.bars[0].timeframe == 60_000
    assert stock.bars[0].ends()[0] == 1_717_200_000_000 - 30 * 24 * HOUR


def test_a_source_that_needs_settings_needs_a_spec() -> None:
    with pytest.raises(CryptoflowError, match="source csv needs path"):
        made_up("csv", 1_717_200_000_000, [], seed=0, venue="binance")


@pytest.mark.parametrize("text", ["fast", "0x", "-3x", "x", "1e9x"])
def test_what_is_no_speed_is_refused(text: str) -> None:
    with pytest.raises(CryptoflowError, match="is no speed"):
        speed_of(text)


def test_a_moment_is_now_or_a_day_or_names_its_zone() -> None:
    clock = MachineClock()
    assert moment_of("2024-06-01", clock) == moment_of("2024-06-01T02:00+02:00", clock) == 1_717_200_000_000
    assert abs(moment_of("now", clock) - clock.now()) < 1_000
    with pytest.raises(CryptoflowError, match="names no zone"):
        moment_of("2024-06-01T12:00", clock)
    with pytest.raises(CryptoflowError, match="is no moment"):
        moment_of("tomorrow", clock)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("{fault: disconect, every: 3s}", "did you mean `disconnect`"),
        ("{fault: silence, every: 3s}", "does not say for how long"),
        ("{fault: refused}", "does not say when"),
        ("{fault: gap, lasts: 3s}", "it lasts, but never begins"),
        ("{fault: gap, at: 3s, every: 3s, lasts: 1s}", "either `at` moments or `every`"),
        ("{fault: slow}", "`by` says how late"),
        ("{fault: skew, ahead: 1s, behind: 1s}", "`ahead` or `behind`"),
        ("{fault: limited, channel: ticks}", "meets the whole venue"),
        ("{fault: silence, share: 5%}", "meets everything while it lasts"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_with_its_line(tmp_path: Path, entry: str, says: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"cryptoflow: 1\nfaults:\n  - {entry}\n")
    with pytest.raises(CryptoflowError) as refused:
        faults_of(str(file), seed=0)
    assert says in str(refused.value)
    assert "mine.yaml:3:" in str(refused.value)
