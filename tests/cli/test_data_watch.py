"""`cryptoflow data watch` as people meet it: a market on real sockets, bars kept, a venue that is not there."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cryptoflow.cli.app import run
from cryptoflow.clock import MachineClock
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.store import Store
from cryptoflow.market.streams.channels import Kind
from cryptoflow.pipelines.venue import Play, Stock, opened
from cryptoflow.report.watch_table import seen, watch_table
from cryptoflow.settings import settings
from cryptoflow.venue.server import RehearsalVenue
from tests.cli.projects import small
from tests.market.rest.stub import beside
from tests.market.streams.rehearsal import bars

Capsys = pytest.CaptureFixture[str]
SYMBOLS = ("BTC/USDT", "ETH/USDT")
MINUTE = 60_000
LATE = 59_300
"""Milliseconds into its first minute at which the market opens."""


@pytest.fixture
def market(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RehearsalVenue]:
    """A venue of which a bar closes soon after it opens; the current folder is a project's."""
    stock = Stock(tuple(bars(symbol, 600) for symbol in SYMBOLS), int(bars("A", 1).open_at[0]) + LATE, "binance")
    with beside(opened(stock, MachineClock(), Play(ticks=600))) as venue:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        monkeypatch.setenv("CRYPTOFLOW_VENUES__BINANCE__URL", venue.url)
        settings.cache_clear()
        yield venue


@pytest.fixture
def ready() -> None:
    """All imported that recording needs: the bar would not wait for it."""
    import ccxt.async_support  # noqa: F401


def watched(capsys: Capsys, *line: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The events that a command line prints, and its summary."""
    assert run(["data", "watch", *line, "--json"]) == 0
    *events, summary = map(json.loads, capsys.readouterr().out.splitlines())
    assert summary.pop("event") == "summary"
    return events, summary


@pytest.mark.usefixtures("market")
def test_every_event_is_a_line_and_the_last_one_has_the_figures(capsys: Capsys) -> None:
    events, summary = watched(capsys, *SYMBOLS, "--for", "1200ms", "--channels", "ticks,bars,top,book")
    assert {event["event"] for event in events} == {"joined", "tick", "closed", "top", "moved"}
    rows = {row["symbol"]: row for row in summary["symbols"]}
    assert tuple(rows) == SYMBOLS
    for symbol, row in rows.items():
        ticks = [event for event in events if event["event"] == "tick" and event["symbol"] == symbol]
        (closed,) = (event for event in events if event["event"] == "closed" and event["symbol"] == symbol)
        assert (row["ticks"], row["price"], row["state"]) == (len(ticks), ticks[-1]["price"], "sound")
        assert (row["bar_open_at_ms"], row["close"]) == (closed["open_at_ms"], closed["close"])
        assert row["spread"] > 0
        assert (row["lag_p50_ms"], row["lag_p99_ms"]) == (None, None), "the market plays another year"
    assert summary["figures"]["channels"]["ticks"]["lost"] == 0
    assert summary["stored"] is None


def test_of_a_spec_its_bars_and_the_listings_of_the_day_are_recorded(
    ready: None, market: RehearsalVenue, tmp_path: Path, capsys: Capsys
) -> None:
    spec = small(tmp_path)
    line = (str(spec), "--for", "1200ms", "--record", "--channels", "bars", "--set", "market.timeframe=1m")
    _, summary = watched(capsys, *line)
    assert summary["stored"] == {"BTC/USDT 1m of binance": 1}
    kept = Store(tmp_path / ".cryptoflow" / "data", MachineClock()).dataset(Key("binance", "BTC/USDT", MINUTE))
    known = kept.manifest()
    assert known is not None
    first = int(bars("A", 1).open_at[0])
    assert known.covered == ((first, first + MINUTE),)
    assert [origin.what for origin in known.origins] == ["stream binance"]
    played = bars("BTC/USDT", 600)
    assert [getattr(kept.load(), name)[0] for name in ("open", "close", "volume")] == [
        played.open[0],
        played.close[0],
        played.volume[0],
    ]
    assert run(["data", "listings", "--symbol", "BTC/USDT", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["terms"]["quote"] == "USDT"


@pytest.mark.usefixtures("market")
def test_on_a_terminal_a_table_shows_where_each_symbol_stands(monkeypatch: pytest.MonkeyPatch, capsys: Capsys) -> None:
    ours, theirs = pty.openpty()
    seen = b""
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("COLUMNS", "150")
        monkeypatch.setattr(sys, "stderr", terminal)
        assert run(["data", "watch", "BTC/USDT", "--for", "1s"]) == 0
        terminal.flush()
        while select.select([ours], [], [], 0)[0]:
            seen += os.read(ours, 65_536)
    os.close(ours)
    drawn = seen.decode()
    for head in ("Price", "Spread", "Last bar", "Ticks/s", "Lag p50", "Rejoined"):
        assert head in drawn
    assert "connection 0 to binance is there" in drawn
    told = capsys.readouterr().out.splitlines()
    assert "BTC/USDT" in told[2]
    assert told[-1].startswith("binance for 1 s: ticks ")


def test_ctrl_c_ends_it_with_130_and_the_figures(market: RehearsalVenue) -> None:
    command = [sys.executable, "-c", "from cryptoflow.cli.main import main; main()", "data", "watch", "BTC/USDT"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert "is there" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, talk = process.communicate(timeout=20)
    assert process.returncode == 130
    assert out.splitlines()[-1].startswith("binance for ")
    assert talk.startswith("no lags: ")
    assert talk.count("\n") == 1, "and nothing else"


@pytest.mark.parametrize(
    ("play", "begins", "lags", "pace"),
    [(Play(), 0, True, 1), (Play(speed=60.0), 0, False, 60), (Play(), -2 * 60 * MINUTE, False, 1)],
)
def test_lags_are_told_at_real_speed_and_of_our_own_time_only(
    play: Play, begins: int, lags: bool, pace: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    start = MachineClock().now() + begins
    first = start // MINUTE * MINUTE - MINUTE
    today = [replace(each, open_at=each.open_at - each.open_at[0] + first) for each in (bars("BTC/USDT", 600),)]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with beside(opened(Stock(tuple(today), start, "binance"), MachineClock(), play._replace(ticks=600))) as venue:
        monkeypatch.setenv("CRYPTOFLOW_VENUES__BINANCE__URL", venue.url)
        settings.cache_clear()
        assert run(["data", "watch", "BTC/USDT", "--for", "2s", "--channels", "ticks", "--json"]) == 0
    said = capsys.readouterr()
    summary = json.loads(said.out.splitlines()[-1])
    (row,), clock = summary["symbols"], summary["figures"]["clock"]
    found = (row["lag_p50_ms"], summary["figures"]["channels"]["ticks"]["lag_p99_ms"], clock["ahead_ms"])
    assert all((each is not None) is lags for each in found), found
    assert clock["pace"] == pytest.approx(pace, rel=0.1)
    assert (summary["remark"] is None) is lags
    assert ("lags: they mean something at real speed" in said.err) is not lags


def test_a_venue_that_is_not_there_ends_with_4(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRYPTOFLOW_VENUES__BINANCE__URL", "http://127.0.0.1:1")
    assert run(["data", "watch", "BTC/USDT", "--for", "300ms"]) == 4
    told = capsys.readouterr().err
    assert "binance is not there (no connection: ClientConnectorError)" in told
    assert "CRYPTOFLOW_VENUES__BINANCE__URL sends it to http://127.0.0.1:1" in told


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("BTC/USDT --channels tocks", "there is no channel 'tocks'\nhint: did you mean `ticks`?"),
        ("BTC/USDT --channels trades", "hint: did you mean `ticks`?"),
        ("BTC/USDT --channels orderbook,bars", "hint: did you mean `book`?"),
        ("BTC/USDT --channels ticks --timeframe 7q --channels bars", "there is no channel 'bars 7q'"),
        ("BTC/USDT --channels zzz", "hint: channels: ticks, bars, top, book, built; bars and built with a timeframe"),
        ("BTC/USDT --record --channels ticks", "only the venue's own bars are recorded"),
        ("BTC/USDT --for long", "--for: long"),
        ("BTCUSDT", "BTCUSDT is no symbol"),
        ("configs/small.yaml --venue bybit", "a spec says which venue, symbols and bars"),
    ],
)
def test_a_line_that_asks_for_the_impossible_ends_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys, line: str, said: str
) -> None:
    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run(["data", "watch", *line.split()]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("width", [80, 100, 160])
def test_nothing_of_the_table_is_cut_off_however_narrow_the_terminal(width: int) -> None:
    console = Console(width=width, file=StringIO())
    row: dict[str, Any] = {
        "symbol": "1000SATS/USDT",
        "state": "silent: bars 1m, ticks",
        "price": 61234.567,
        "spread": 0.01,
    }
    row |= {"bar_open_at_ms": 0, "close": 61230.12345, "ticks_per_s": 1234.5, "lag_p50_ms": 12.34, "lag_p99_ms": 9876.5}
    console.print(watch_table([row | {"gaps": 12, "lost": 3456, "reconnects": 7}]))
    lines = console.file.getvalue().splitlines()
    assert len(lines) == 3, "a symbol is a line"
    assert max(map(len, lines)) <= width
    assert not any("…" in line for line in lines)
    assert all(text in lines[2] for text in ("1000SATS/USDT", "silent", "61234.567", "9,876 ms", "12", "3,456"))


def test_of_many_symbols_those_in_trouble_are_seen_first() -> None:
    rows = [{"state": state} for state in ("sound", "sound", "cut", "sound")]
    assert seen(rows, 2) == ([{"state": "cut"}, {"state": "sound"}], 2)


def test_the_channels_of_the_help_are_all_that_there_are(capsys: Capsys) -> None:
    assert run(["data", "watch", "--help"]) == 0
    assert f"Any of {', '.join(Kind)};" in " ".join(capsys.readouterr().out.split())
