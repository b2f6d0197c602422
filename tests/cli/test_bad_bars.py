"""Bars that cannot be true are refused with the row they stand in, before anything runs."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from cryptoflow.cli.app import run
from tests.cli.projects import data, rows, small

Capsys = pytest.CaptureFixture[str]
SPEC = "configs/small.yaml"
PARQUET = "sources.history={use: parquet, path: '../data/{symbol}.parquet'}"
ROW = 200
"""The broken row, counted from 1: 2024-01-09 07:00."""

PRICES = {"open": 40_000.0, "high": 40_100.0, "low": 39_900.0, "close": 40_050.0, "volume": 5.0}

BROKEN = {
    "nan": ({"close": float("nan")}, "a number is missing or infinite"),
    "infinite": ({"high": float("inf")}, "a number is missing or infinite"),
    "infinite volume": ({"volume": float("inf")}, "a number is missing or infinite"),
    "zero": ({"low": 0.0}, "a price is zero or negative"),
    "negative": ({"open": -40_000.0}, "a price is zero or negative"),
    "high below low": ({"high": 39_000.0}, "high is below open or close"),
    "low above high": ({"low": 41_000.0}, "low is above open or close"),
    "negative volume": ({"volume": -1.0}, "volume is negative"),
    "twice": ({"time": "2024-01-09T06:00:00+00:00"}, "a time stands twice"),
    "unsorted": ({"time": "2024-01-09T04:00:00+00:00"}, "a bar opens before the one above it"),
    "off the grid": ({"time": "2024-01-09T07:00:30+00:00"}, "a time is off the 1h grid"),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project, which is the current folder."""
    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def breaks(project: Path, change: dict[str, object]) -> None:
    """Put a broken row into the project's file, and the same table beside it as Parquet."""
    lines = rows()
    head, time = lines[0].split(","), lines[ROW].split(",")[0]
    lines[ROW] = ",".join(str(value) for value in ({"time": time} | PRICES | change).values())
    data(project).write_text("\n".join(lines) + "\n")
    times, *numbers = zip(*(line.split(",") for line in lines[1:]), strict=True)
    columns = [times, *([float(number) for number in column] for column in numbers)]
    parquet.write_table(pa.table(dict(zip(head, columns, strict=True))), data(project).with_suffix(".parquet"))


def refused(capsys: Capsys, *options: str) -> str:
    """Run the backtest, which is to be refused without leaving a run, and return why."""
    assert run(["backtest", SPEC, "--json", *options]) == 3
    found = json.loads(capsys.readouterr().out)
    assert found["exit_code"] == 3
    assert not list(Path(".cryptoflow").glob("runs/*"))
    return str(found["errors"][0]["what"])


@pytest.mark.parametrize("defect", BROKEN)
def test_what_cannot_be_true_is_refused_with_its_file_and_row(project: Path, capsys: Capsys, defect: str) -> None:
    change, said = BROKEN[defect]
    breaks(project, change)
    assert refused(capsys).startswith(f"BTCUSDT.csv: {said}: line {ROW + 1} (2024-01-09 0")
    assert refused(capsys, "--set", PARQUET).startswith(f"BTCUSDT.parquet: {said}: row {ROW} (2024-01-09 0")


def test_a_row_that_is_missing_a_number_is_refused(project: Path, capsys: Capsys) -> None:
    breaks(project, {"volume": float("nan")})
    data(project).write_text(data(project).read_text().replace(",nan\n", ",\n"))
    assert "a number is missing or infinite: line 201" in refused(capsys)


def test_one_symbol_with_a_bad_row_keeps_all_from_running(
    project: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = data(project).read_text()
    breaks(project, {"close": float("nan")})
    data(project).rename(data(project).with_name("ETHUSDT.csv"))
    data(project).write_text(good)
    both = ("--set", "market.symbols=[BTC/USDT, ETH/USDT]")
    monkeypatch.setattr("cryptoflow.pipelines.backtest.decide", lambda *_: pytest.fail("something ran"))
    assert "ETHUSDT.csv: a number is missing or infinite: line 201" in refused(capsys, *both)


def test_bars_of_warm_up_are_checked_as_well(project: Path, capsys: Capsys) -> None:
    breaks(project, {"low": 0.0})
    assert f"line {ROW + 1}" in refused(capsys, "--from", "2024-01-10")
    assert run(["backtest", SPEC, "--from", "2024-01-11", "-q"]) == 0


GUEST = '''\
"""A source of one's own."""

import numpy as np

from cryptoflow.market.asked import Asked
from cryptoflow.market.bars import Bars
from cryptoflow.plugins.registry import Plugin, source


@source("mine")
class Mine(Plugin):
    """Hours at 10, one of which falls through the floor."""

    def load(self, asked: Asked) -> Bars:
        open_at = np.arange(asked.start, asked.end, asked.timeframe)
        flat = np.full(len(open_at), 10.0)
        low = flat.copy()
        low[6] = -1.0
        return Bars(asked.symbol, asked.timeframe, open_at, flat, flat, low, flat, flat)
'''


def test_bars_of_a_source_of_ones_own_are_checked_too(project: Path, capsys: Capsys) -> None:
    (project / "configs" / "plugins").mkdir()
    (project / "configs" / "plugins" / "mine.py").write_text(GUEST)
    spec = project / SPEC
    spec.write_text(spec.read_text() + "plugins: [mine.py]\n")
    told = refused(capsys, "--set", "sources.history={use: mine}", "--set", "capital=2500 USDT")
    assert told.startswith("BTC/USDT 1h: a price is zero or negative: row 7 (2024-01-02 ")
