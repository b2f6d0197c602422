"""`cryptoflow backtest`, as its users meet it."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from cryptoflow.cli.app import run
from cryptoflow.settings import settings

CONFIGS = Path(__file__).parents[2] / "configs"
SHORT = ("--from", "2024-01-01", "--to", "2024-03-31")
METRICS = (
    "final_equity total_return cagr sharpe sortino calmar max_drawdown volatility var_95 cvar_95 win_rate "
    "profit_factor trades fees slippage exposure turnover"
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with the shipped configs, which is the current folder."""
    shutil.copytree(CONFIGS, tmp_path / "configs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run(["backtest", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_json_object_has_the_keys_it_promises(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = said(capsys, "configs/btc_trend.yaml", *SHORT)
    assert list(found) == [
        "run_id",
        "spec_hash",
        "data",
        "engine",
        "metrics",
        "guards",
        "timing",
        "artifacts",
        "remarks",
    ]
    assert list(found["data"]) == ["fingerprint", "rows", "start", "end", "gaps"]
    assert list(found["metrics"]) == METRICS.split()
    assert list(found["guards"]) == ["refused", "reduced", "kills", "demotions", "tilts", "lockouts"]
    assert list(found["timing"]) == ["load_s", "decide_s", "report_s", "total_s"]
    assert list(found["artifacts"]) == ["manifest", "trades", "orders", "equity", "report"]
    assert all(Path(path).is_file() for path in found["artifacts"].values())
    assert found["metrics"]["trades"] == pq.read_metadata(found["artifacts"]["trades"]).num_rows > 5


def test_the_same_run_writes_the_same_bytes_and_the_same_id(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = said(capsys, "configs/btc_trend.yaml", *SHORT)
    kept = {name: Path(first["artifacts"][name]).read_bytes() for name in ("trades", "orders", "equity")}
    shutil.rmtree(project / ".cryptoflow")
    second = said(capsys, "configs/btc_trend.yaml", *SHORT)
    assert second["run_id"] == first["run_id"]
    assert {name: Path(second["artifacts"][name]).read_bytes() for name in kept} == kept


def test_both_engines_write_the_same_tables(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    batch = said(capsys, "configs/btc_trend.yaml", *SHORT)
    event = said(capsys, "configs/btc_trend.yaml", *SHORT, "--engine", "event")
    assert batch["run_id"] != event["run_id"]
    assert batch["metrics"] == event["metrics"]
    for name in ("trades", "orders", "equity"):
        assert Path(batch["artifacts"][name]).read_bytes() == Path(event["artifacts"][name]).read_bytes()


def test_twice_the_costs_leave_less(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    free = said(capsys, "configs/btc_trend.yaml", *SHORT, "--set", "execution.costs=none")["metrics"]
    paid = said(capsys, "configs/btc_trend.yaml", *SHORT)["metrics"]
    assert free["fees"] == free["slippage"] == 0
    assert paid["final_equity"] < free["final_equity"]


def test_zero_cost_and_research_mark_the_report(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sets = ("--set", "execution.costs=none", "--set", "discipline=off")
    report = Path(said(capsys, "configs/btc_trend.yaml", *SHORT, *sets)["artifacts"]["report"]).read_text()
    assert "Zero cost" in report
    assert "Research: discipline is off" in report


def test_another_period_is_another_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = said(capsys, "configs/btc_trend.yaml", *SHORT)
    other = said(capsys, "configs/btc_trend.yaml", "--from", "2024-01-01", "--to", "2024-03-30")
    assert one["run_id"] != other["run_id"]
    equity = pq.read_table(other["artifacts"]["equity"])["time"]
    assert str(equity[0]).startswith("2024-01-01 00:00:00")
    assert str(equity[-1]).startswith("2024-03-30 23:00:00")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("configs/absent.yaml",), 3, "configs/absent.yaml"),
        (("configs/btc_trend.yaml", "--engine", "warp"), 2, "there is no engine 'warp'"),
        (("configs/btc_trend.yaml", "--from", "yesterday"), 2, "hint: write days like --from 2024-01-01"),
        (("configs/btc_trend.yaml", "--from", "2024-02-01", "--to", "2024-01-01"), 2, "hint: write days"),
        (
            ("configs/btc_trend.yaml", "--from", "2024-01-01", "--to", "2024-01-01", "--set", "warmup=900000"),
            3,
            "begin on 2010-01-01",
        ),
        (
            ("configs/btc_trend.yaml", "--set", "sources.history={use: store}"),
            3,
            "the store has no bars of BTC/USDT 1h of binance",
        ),
        (("configs/btc_trend.yaml", "--set", "sizing.risk=140%"), 3, "at most 100%"),
        ((), 2, "Missing argument"),
    ],
)
def test_what_cannot_run_says_why(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, message: str
) -> None:
    assert run(["backtest", *arguments]) == code
    told = capsys.readouterr()
    assert message in told.err
    assert not told.out


def test_errors_are_an_object_for_programs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = project / "configs" / "btc_trend.yaml"
    spec.write_text(re.sub(r"risk: [0-9.]+%", "risk: 50", spec.read_text()))
    assert run(["backtest", "configs/btc_trend.yaml", "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert found["exit_code"] == 3
    assert found["errors"][0]["file"] == "configs/btc_trend.yaml"
    assert found["errors"][0]["line"] == next(
        number for number, line in enumerate(spec.read_text().splitlines(), 1) if "risk: 50" in line
    )


def test_a_state_folder_that_cannot_be_written_is_told_with_exit_4(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / ".cryptoflow").write_text("in the way")
    assert run(["backtest", "configs/btc_trend.yaml", *SHORT]) == 4
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("engine", ["batch", "event"])
def test_bars_that_are_too_many_for_memory_change_nothing(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    outages = ("--set", "market.symbols=[BTC/USDT, ETH/USDT]", "--set", "sources.history.outages=300")
    line = ("configs/btc_trend.yaml", *SHORT, *outages, "--engine", engine)
    inside = said(capsys, *line)
    assert inside["data"]["gaps"] > 200
    kept = {name: Path(path).read_bytes() for name, path in inside["artifacts"].items() if name != "manifest"}
    monkeypatch.setenv("CRYPTOFLOW_MEMORY", "1 KiB")
    settings.cache_clear()
    outside = said(capsys, *line)
    assert (outside["run_id"], outside["data"], outside["metrics"]) == tuple(
        inside[name] for name in ("run_id", "data", "metrics")
    )
    assert {name: Path(outside["artifacts"][name]).read_bytes() for name in kept} == kept
    assert [path.name for path in (project / ".cryptoflow").iterdir()] == ["runs"]


def test_a_state_folder_that_takes_no_files_is_told_before_anything_runs_with_exit_4(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".cryptoflow").write_text("in the way")
    monkeypatch.setenv("CRYPTOFLOW_MEMORY", "1 KiB")
    settings.cache_clear()
    assert run(["backtest", "configs/btc_trend.yaml", *SHORT]) == 4
    assert "the run cannot be written to" in capsys.readouterr().err


def test_one_file_cannot_feed_two_symbols(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sets = ("--set", "market.symbols=[BTC/USDT, ETH/USDT]", "--set", "sources.history={use: csv, path: a.csv}")
    assert run(["backtest", "configs/btc_trend.yaml", *sets]) == 3
    assert "each symbol has its own file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--set", "market.venue=binnance"), "The fees of binnance are not known here, so 0.2% was taken"),
        (("--set", "capital=12 USDT"), "No entry was ever made: of"),
        (
            ("--set", "warmup=500", "--set", "sources.history={use: csv, path: bars.csv}"),
            "Nothing is decided before 2024-01-21",
        ),
        (
            ("--set", "warmup=1", "--set", "sources.history={use: csv, path: bars.csv}"),
            "covers 2024-01-01 to 2024-02-10 only",
        ),
    ],
)
def test_what_a_reader_must_not_miss_is_said_above_the_results(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    hours = (f"{1_704_067_200_000 + 3_600_000 * hour},100,101,99,{100 + hour % 3}" for hour in range(41 * 24))
    lines = ["time,open,high,low,close,volume", *(f"{line},5" for line in hours)]
    (project / "configs" / "bars.csv").write_text("\n".join(lines).replace(",101,99,", ",103,99,"))
    assert run(["backtest", "configs/btc_trend.yaml", *SHORT, *arguments]) == 0
    told = capsys.readouterr()
    assert sentence in told.err
    report = next((project / ".cryptoflow" / "runs").glob("*/report.html")).read_text()
    assert sentence in report
