"""Stocks from Yahoo's chart: recorded answers, answers of the same shape from a local server, no network."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import pairwise
from math import sqrt
from pathlib import Path
from statistics import mean, stdev

import pytest
from pyarrow import parquet

from cryptoflow.cli.app import run
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.asked import Asked
from cryptoflow.market.bars import Bars
from cryptoflow.plugins.registry import find
from cryptoflow.settings import settings
from tests.market import charts

RECORDED = Path(__file__).parents[2] / "recorded" / "yahoo" / "NVDA-1d-2024-01.json"
DAY = 86_400_000
Serve = Callable[..., None]

SPEC = """\
cryptoflow: 1
name: aapl
market: {venue: nasdaq, symbols: [AAPL, BRK-B], timeframe: 1d}
period: 2023-01-01..2023-12-31
capital: 100000 USD
sources: {history: {use: yahoo}}
strategies: [{id: cross, use: ma_crossover}]
sizing: {use: fraction, share: 4%}
"""


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Have Yahoo's questions answered here, by a function or always alike."""
    with ExitStack() as open_ones:

        def begin(answer, status: int = 200) -> None:
            told = answer if callable(answer) else lambda *_: (status, answer)
            monkeypatch.setenv("CRYPTOFLOW_VENUES__YAHOO__URL", open_ones.enter_context(charts.serving(told)))
            settings.cache_clear()

        yield begin


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


def load(first: str, last: str, timeframe: int = DAY, symbol: str = "NVDA", **given: str) -> Bars:
    return find("source", "yahoo")(**given).load(Asked(symbol, timeframe, at(first), at(last)))


def test_a_recorded_week_around_a_weekend_has_no_gaps(serve: Serve) -> None:
    serve(json.loads(RECORDED.read_text()))
    bars = load("2024-01-16", "2024-01-23")
    assert [datetime.fromtimestamp(each / 1000, UTC).day for each in bars.open_at] == [16, 17, 18, 19, 22]
    assert set(bars.open_at % DAY) == {0}
    assert bars.gaps() == 0
    assert bars.close.tolist() == [563.82, 560.53, 571.07, 594.91, 596.54]
    assert bars.notes == ("NVDA: prices of yahoo, adjusted for splits and dividends; volumes for splits",)


def test_a_session_that_is_missing_is_a_gap_and_a_holiday_is_none(serve: Serve) -> None:
    rows = [
        each
        for each in charts.days("X", at("2024-01-08"), at("2024-01-20"))
        if each[0] // DAY * DAY != at("2024-01-11")
    ]
    serve(charts.chart("X", rows))
    bars = load("2024-01-08", "2024-01-20", symbol="X")
    assert (len(bars), bars.gaps()) == (8, 1)


def test_dividends_lower_all_prices_before_them_alike(serve: Serve) -> None:
    rows = charts.days("X", at("2024-03-04"), at("2024-03-07"))
    serve(charts.chart("X", rows, adjusted=[rows[0][4] * 0.9, rows[1][4] * 0.9, rows[2][4]]))
    bars, plain = (
        load("2024-03-04", "2024-03-07", symbol="X"),
        load("2024-03-04", "2024-03-07", symbol="X", adjust="splits"),
    )
    for name in ("open", "high", "low", "close"):
        factors = getattr(bars, name) / getattr(plain, name)
        assert factors.tolist() == pytest.approx([0.9, 0.9, 1.0])
    assert "not for dividends" in plain.notes[0]


def test_hours_are_made_of_half_hours_on_the_grid_of_utc(serve: Serve) -> None:
    opened = at("2024-07-01 13:30")
    serve(charts.chart("X", [charts.row(opened + each * charts.HALF_HOUR) for each in range(13)]))
    bars = load("2024-07-01", "2024-07-02", DAY // 24, symbol="X")
    assert [datetime.fromtimestamp(each / 1000, UTC).hour for each in bars.open_at] == [*range(13, 20)]
    assert bars.gaps() == 0


def test_a_session_still_going_on_is_left_out(serve: Serve) -> None:
    rows = charts.days("X", at("2024-03-04"), at("2024-03-07"))
    now = rows[-1][0] // 1000 + 3600
    period = {"regular": {"start": now - 3600, "end": now + 19_800}}
    serve(charts.chart("X", rows, regularMarketTime=now, currentTradingPeriod=period))
    assert len(load("2024-03-04", "2024-03-07", symbol="X")) == 2


@pytest.mark.parametrize(
    ("body", "status", "code", "what"),
    [
        (charts.refusal("Not Found", "No data found"), 404, ExitCode.INVALID, "no chart of NVDA: No data found"),
        (charts.refusal("", "Too Many Requests"), 429, ExitCode.UNAVAILABLE, "asks for a pause"),
        ({}, 502, ExitCode.UNAVAILABLE, "it answered 502"),
        (charts.chart("X", [], instrumentType="CRYPTOCURRENCY"), 200, ExitCode.INVALID, "every day of the year"),
        (
            charts.chart("X", [charts.row(at("2024-01-15 23:00"))], exchangeTimezoneName="Australia/Sydney"),
            *(200, ExitCode.INVALID, "known only after the next session"),
        ),
    ],
    ids=["unknown", "too many", "away", "coin", "sydney"],
)
def test_what_cannot_be_used_is_refused_in_words(serve: Serve, body, status: int, code: ExitCode, what: str) -> None:
    serve(body, status)
    with pytest.raises(CryptoflowError, match=what) as raised:
        load("2024-01-16", "2024-01-23")
    assert raised.value.code == code


def test_without_yfinance_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yfinance", None)
    with pytest.raises(CryptoflowError, match="needs the package yfinance") as raised:
        load("2024-01-16", "2024-01-23")
    assert raised.value.code == ExitCode.UNAVAILABLE
    assert "cryptoflow[yahoo]" in raised.value.problems[0].fix


def test_stocks_trade_whole_shares_in_the_account_currency_and_a_year_of_252_days(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    serve(charts.every_session)
    monkeypatch.chdir(tmp_path)
    Path("aapl.yaml").write_text(SPEC)
    assert run(["backtest", "aapl.yaml", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["data"]["gaps"] == 0
    assert found["metrics"]["trades"] > 0
    assert not any("covers" in remark or "missing" in remark for remark in found["remarks"])
    orders = parquet.read_table(found["artifacts"]["orders"])
    assert set(orders.column("symbol").to_pylist()) == {"AAPL", "BRK-B"}
    markets = json.loads(Path(found["artifacts"]["manifest"]).read_text())["markets"]
    assert {(market["lot"], market["tick"]) for market in markets.values()} == {(1.0, 0.01)}
    equity = [100_000.0, *parquet.read_table(found["artifacts"]["equity"]).column("equity").to_pylist()]
    returns = [after / before - 1 for before, after in pairwise(equity)]
    assert len(returns) == 250
    assert found["metrics"]["sharpe"] == pytest.approx(mean(returns) / stdev(returns) * sqrt(252))
    report = Path(found["artifacts"]["report"]).read_text()
    assert "adjusted for splits and dividends" in report
    assert "A year has 252 days" in report
