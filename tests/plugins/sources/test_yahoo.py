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
from typing import Any

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


def halves(count: int) -> list[charts.Row]:
    """The first half hours of a session in summer."""
    return [charts.row(at("2024-06-05 13:30") + each * charts.HALF_HOUR) for each in range(count)]


def clocks(bars: Bars, form: str) -> list[str]:
    return [datetime.fromtimestamp(each / 1000, UTC).strftime(form) for each in bars.open_at]


@pytest.mark.parametrize(
    ("now", "hours"),
    [("15:40", "13 14"), ("16:00", "13 14 15"), ("20:00", "13 14 15 16 17 18 19")],
)
def test_an_hour_that_is_not_over_is_left_out(serve: Serve, now: str, hours: str) -> None:
    told = charts.told_at(at(f"2024-06-05 {now}"), at("2024-06-05 13:30"))
    serve(charts.chart("X", [each for each in halves(13) if each[0] <= at(f"2024-06-05 {now}")], **told))
    assert clocks(load("2024-06-05", "2024-06-06", DAY // 24, symbol="X"), "%H") == hours.split()


def test_a_row_still_being_made_may_make_no_sense_yet(serve: Serve) -> None:
    forming = (at("2024-06-05 15:30"), 10.0, 1.0, 20.0, 12.0, 0.0)
    told = charts.told_at(at("2024-06-05 15:40"), at("2024-06-05 13:30"))
    serve(charts.chart("X", [*halves(4), forming], **told))
    assert len(load("2024-06-05", "2024-06-06", charts.HALF_HOUR, symbol="X")) == 4


@pytest.mark.parametrize(
    ("now", "session", "weeks"),
    [
        ("2024-06-05 22:00", "2024-06-05 13:30", "27"),
        ("2024-06-07 19:00", "2024-06-07 13:30", "27"),
        ("2024-06-07 20:00", "2024-06-10 13:30", "27 03"),
    ],
    ids=["wednesday", "friday", "weekend"],
)
def test_a_week_that_is_not_over_is_left_out(serve: Serve, now: str, session: str, weeks: str) -> None:
    rows = [each for each in charts.days("X", at("2024-05-27"), at("2024-06-08")) if each[0] < at(now)]
    serve(charts.chart("X", rows, **charts.told_at(at(now), at(session))))
    assert clocks(load("2024-05-27", "2024-06-17", 7 * DAY, symbol="X"), "%d") == weeks.split()


def test_a_day_that_is_told_twice_counts_once_and_its_last_row_is_the_one(serve: Serve) -> None:
    rows = charts.days("X", at("2024-06-03"), at("2024-06-08"))
    closing = (at("2024-06-07 20:00:01"), 10.0, 13.0, 9.0, 12.0, 77.0)
    serve(charts.chart("X", [*rows, closing], **charts.told_at(closing[0], at("2024-06-10 13:30"))))
    bars = load("2024-06-03", "2024-06-08", symbol="X")
    assert clocks(bars, "%d") == ["03", "04", "05", "06", "07"]
    assert (bars.close[-1], bars.volume[-1]) == (12.0, 77.0)
    assert load("2024-06-03", "2024-06-10", 7 * DAY, symbol="X").volume.tolist() == [4 * 4e7 + 77]


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/London"])
def test_what_was_traded_last_is_no_bar_within_a_day(serve: Serve, zone: str) -> None:
    rows = halves(13)
    closing = charts.row(at("2024-06-05 20:00"))
    told = charts.told_at(closing[0], at("2024-06-06 13:30"))
    serve(charts.chart("X", [*rows, closing], exchangeTimezoneName=zone, **told))
    bars = load("2024-06-05", "2024-06-06", 4 * DAY // 24, symbol="X")
    assert bars.volume.tolist() == [5 * 4e7, 8 * 4e7]


def test_a_row_outside_the_sessions_of_new_york_is_no_bar(serve: Serve) -> None:
    before, after, holiday = (charts.row(at(f"2024-{text}")) for text in ("06-05 13:00", "06-05 20:00", "06-19 14:00"))
    serve(charts.chart("X", [before, *halves(13), after, holiday]))
    assert clocks(load("2024-06-05", "2024-06-20", 1_800_000, symbol="X"), "%d %H:%M") == clocks_of_halves()


def clocks_of_halves() -> list[str]:
    return [datetime.fromtimestamp(each[0] / 1000, UTC).strftime("%d %H:%M") for each in halves(13)]


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ([0, 1, 1, 2], "a time stands twice"),
        ([0, 2, 1], "a bar opens before the one above it"),
        ([0, 0.5, 1], "a time is off the 30m grid"),
    ],
    ids=str,
)
def test_rows_that_cannot_be_told_apart_are_refused_before_hours_are_made_of_them(
    serve: Serve, rows: list[float], what: str
) -> None:
    first = at("2024-06-05 13:30")
    serve(charts.chart("X", [charts.row(first + int(each * charts.HALF_HOUR)) for each in rows]))
    with pytest.raises(CryptoflowError, match=what):
        load("2024-06-05", "2024-06-06", DAY // 24, symbol="X")


def bent(*path: str | int, to: object = None) -> dict[str, Any]:
    """An answer in which one thing is another; without `to` it lacks it."""
    body = charts.chart("X", halves(3))
    place: Any = body["chart"]["result"][0]
    for part in path[:-1]:
        place = place[part]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return body


@pytest.mark.parametrize(
    "body",
    [
        bent("meta", "regularMarketTime"),
        bent("meta", "currentTradingPeriod"),
        bent("meta", "exchangeTimezoneName"),
        bent("meta", "exchangeTimezoneName", to="Mars/X"),
        bent("meta", "exchangeTimezoneName", to="../etc"),
        bent("meta", "regularMarketTime", to=10**30),
        bent("indicators"),
        bent("indicators", "quote", to=[]),
        bent("indicators", "quote", 0, "close", to=[1.0]),
        bent("indicators", "quote", 0, "close", to=["x", "x", "x"]),
        bent("indicators", "quote", 0, "close", to=[0.0, 0.0, 0.0]),
        bent("indicators", "quote", 0, "high", to=[1e300, 1e300, 1e-300]),
        bent("timestamp"),
        bent("timestamp", to=[10**15, 10**16, 10**17]),
        {"chart": {"result": {"a": 1}, "error": "none"}},
        {"chart": []},
        [[]],
        "[" * 99_999,
        "9" * 5_000,
        "",
    ],
    ids=lambda body: str(body)[:40],
)
def test_an_answer_of_another_shape_is_refused_in_words(serve: Serve, body: Any) -> None:
    serve(body)
    with pytest.raises(CryptoflowError, match=r"^(Yahoo's chart of X has|Yahoo counts|Yahoo gives no|X 30m)"):
        load("2024-06-05", "2024-06-06", 1_800_000, symbol="X")


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
