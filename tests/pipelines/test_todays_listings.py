"""What a download records of a venue is what runs stand on: filters of their day, and a universe chosen by it."""

import asyncio
import json
from datetime import date
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.clock import MachineClock
from cryptoflow.market.listings.archive import days, file_of, read
from cryptoflow.pipelines.data.download import downloaded
from cryptoflow.pipelines.data.wanted import Days, Wanted, by_spec
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.venue import made_up, opened
from cryptoflow.settings import settings
from cryptoflow.spec.durations import midnight
from tests.cli.projects import small
from tests.market.rest.test_download import Told

FIRST, HOUR, DAY = midnight("2024-03-01"), 3_600_000, 86_400_000
SYMBOLS = ["BTC/USDT", "ETH/USDT", "SOL/USDT"]


class Set(MachineClock):
    """A clock that was set to a moment, and runs on from there."""

    def __init__(self, at: int) -> None:
        self.ahead = at - super().now()

    def now(self) -> int:
        """Return epoch milliseconds."""
        return super().now() + self.ahead


def fetched(folder: Path, at: int, monkeypatch: pytest.MonkeyPatch, here: int | None = None) -> Told:
    """Download hours of all symbols on a day, from a venue where it is that day too, whatever it is `here`."""
    clock, ours, told = Set(at), Set(at if here is None else here), Told()
    stock = made_up("synthetic", at, SYMBOLS, 0, "binance")._replace(start=at)
    wanted = Wanted("binance", tuple((symbol, HOUR) for symbol in SYMBOLS), FIRST - 3 * DAY, None, folder)

    async def play() -> None:
        async with opened(stock, clock) as venue:
            monkeypatch.setenv("CRYPTOFLOW_VENUES__BINANCE__URL", venue.url)
            monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
            settings.cache_clear()
            await downloaded(wanted, told, ours)

    asyncio.run(play())
    return told


def test_a_run_says_which_day_its_filters_are_of_and_a_universe_is_chosen_by_the_day_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec, home = small(tmp_path), tmp_path / ".cryptoflow"
    for at in (FIRST + 12 * HOUR, FIRST + 13 * HOUR, FIRST + 3 * DAY):
        assert fetched(home, at, monkeypatch).lines == []
    assert days(home, "binance") == (date(2024, 3, 1), date(2024, 3, 4))
    recorded = read(home, "binance", date(2024, 3, 1))
    assert recorded.recorded_at < FIRST + 12 * HOUR + 60_000
    assert set(recorded.snapshot.volumes) == set(SYMBOLS)

    sets = ("sources.history={use: store}", "period=2024-03-02..2024-03-03")
    line = ["backtest", str(spec), "--json", *(word for each in sets for word in ("--set", each))]
    assert run(line) == 0
    assert "The filters and fees are those of binance on 2024-03-01." in json.loads(capsys.readouterr().out)["remarks"]

    universe = "market.symbols={use: universe, top: 2}"
    assert run([*line, "--set", universe]) == 0
    chosen = sorted(SYMBOLS, key=lambda symbol: -recorded.snapshot.volumes[symbol])[:2]
    (said,) = (each for each in json.loads(capsys.readouterr().out)["remarks"] if "universe" in each)
    assert said.endswith(f"traded most on 2024-03-01: {', '.join(chosen)}.")
    asked = by_spec(resolve(spec, sets=[*sets, universe]), Days())
    assert asked.series == tuple((symbol, HOUR) for symbol in chosen)


def test_listings_are_recorded_under_the_day_of_the_venues_own_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = fetched(tmp_path, FIRST + 12 * HOUR, monkeypatch, here=FIRST + 900 * DAY)
    far = "the clock of binance is far behind this machine's: its listings are recorded under 2024-03-01"
    assert told.lines == [far]
    assert days(tmp_path, "binance") == (date(2024, 3, 1),)
    again = fetched(tmp_path, FIRST + 36 * HOUR, monkeypatch, here=FIRST + 37 * HOUR)
    assert again.lines == []
    assert days(tmp_path, "binance") == (date(2024, 3, 1), date(2024, 3, 2))


def test_what_keeps_listings_from_being_recorded_is_said_and_fails_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / ".cryptoflow"
    fetched(home, FIRST + 12 * HOUR, monkeypatch)
    file_of(home, "binance", date(2024, 3, 1)).write_text("{")
    (line,) = fetched(home, FIRST + 13 * HOUR, monkeypatch).lines
    assert line.startswith("today's listings of binance are not recorded: ")
    assert days(home, "binance") == (date(2024, 3, 1),)
