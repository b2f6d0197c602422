"""`cryptoflow data download` as people meet it: what it prints, how it ends, and how it draws its progress."""

import json
import os
import pty
import re
import select
import sys
import time
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.clock import MachineClock
from cryptoflow.market.listings.archive import day_of
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.venue import stock_of
from cryptoflow.spec.durations import midnight
from tests.cli.projects import small
from tests.market.listings.books import recorded
from tests.market.rest.stub import MINUTE, Stub

Capsys = pytest.CaptureFixture[str]
JANUARY = ("--since", "2024-01-01", "--until", "2024-01-10", "--timeframe", "1m")


def test_symbols_are_downloaded_and_told_line_by_line(stub: Stub, capsys: Capsys) -> None:
    assert run(["data", "download", "BTC/USDT", "ETH/USDT", *JANUARY]) == 0
    told = capsys.readouterr()
    span = "14,400 bars from 2024-01-01 00:00 UTC to 2024-01-11 00:00 UTC, 14,400 of them new"
    assert sorted(told.out.splitlines()) == [f"{symbol} 1m: {span}" for symbol in ("BTC/USDT", "ETH/USDT")]
    assert told.err == ""


def test_a_symbol_that_fails_ends_with_4_and_the_others_are_there(stub: Stub, capsys: Capsys) -> None:
    assert run(["data", "download", "BTC/USDT", "ETH/USD", *JANUARY]) == 4
    told = capsys.readouterr()
    assert told.out.startswith("BTC/USDT 1m: 14,400 bars")
    assert told.err == "ETH/USD 1m failed: binance does not list ETH/USD\nhint: did you mean `ETH/USDT`?\n"
    assert run(["data", "download", "BTC/USDT", "ETH/USD", *JANUARY, "--json"]) == 4
    found = json.loads(capsys.readouterr().out)
    assert found["failed"] == ["ETH/USD 1m"]
    assert [(each["bars"], each["added"]) for each in found["series"]] == [(14_400, 0), (0, 0)]


def test_a_gap_is_asked_for_again_when_the_line_says_so(stub: Stub, capsys: Capsys) -> None:
    first = 1_704_067_200_000
    stub.gaps = ((first + 7 * MINUTE, first + 9 * MINUTE),)
    words = ["data", "download", "BTC/USDT", *JANUARY]
    assert run(words) == 0
    stub.gaps = ()
    assert run(words) == run([*words, "--again"]) == 0
    told = [line.split(" UTC, ")[-1] for line in capsys.readouterr().out.splitlines()]
    assert told == ["14,398 of them new, 2 missing", "0 of them new, 2 missing", "2 of them new"]


def test_a_spec_brings_its_detail_and_its_warm_up_and_runs_from_what_came(
    stub: Stub, tmp_path: Path, capsys: Capsys
) -> None:
    spec = small(tmp_path)
    words = ("market.detail=5m", "sources.history={use: ccxt}", "period=2024-01-03..2024-01-05")
    sets = [word for each in words for word in ("--set", each)]
    assert run(["data", "download", str(spec), "--json", *sets]) == 0
    found = json.loads(capsys.readouterr().out)["series"]
    start, end = "2024-01-02T04:00:00Z", "2024-01-06T00:00:00Z"
    assert [(each["timeframe"], each["start"], each["end"]) for each in found] == [
        ("1h", start, end),
        ("5m", start, end),
    ]
    asked = len(stub.asked)
    assert run(["backtest", str(spec), "--json", *sets]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["rows"] == 92
    assert len(stub.asked) == asked


def test_the_universe_of_a_spec_is_downloaded_named_and_played(stub: Stub, tmp_path: Path, capsys: Capsys) -> None:
    spec = small(tmp_path)
    written = spec.read_text().replace("[BTC/USDT]", "{use: universe, top: 2}").replace("..2024-01-20", "..2024-01-05")
    spec.write_text(written.replace('{use: csv, path: "../data/{symbol}.csv"}', "{use: ccxt}"))
    recorded(tmp_path / ".cryptoflow", "2024-01-02", {"SOL/USDT": 2.0, "BTC/USDT": 3.0, "ETH/USDT": 1.0})
    two = ["BTC/USDT", "SOL/USDT"]
    assert run(["data", "download", str(spec), "--json"]) == 0
    assert [each["symbol"] for each in json.loads(capsys.readouterr().out)["series"]] == two
    assert run(["data", "gaps", str(spec), "--json"]) == 0
    told = capsys.readouterr().out
    assert all(symbol in told for symbol in two)
    assert [bars.symbol for bars in stock_of(resolve(spec)).bars] == two


def test_a_universe_that_nothing_is_recorded_for_is_refused_by_every_command_on_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    spec = small(tmp_path)
    monkeypatch.chdir(tmp_path)
    spec.write_text(spec.read_text().replace("[BTC/USDT]", "{use: universe, top: 2}"))
    for words in (["data", "download"], ["data", "gaps"], ["data", "verify"], ["venue", "serve"]):
        assert run([*words, str(spec)]) == 3
        assert "of 2024-01-02, the day before the run, but no day of binance is recorded" in capsys.readouterr().err
    spec.write_text(spec.read_text().replace("period: 2024-01-03..2024-01-20\n", ""))
    assert run(["data", "gaps", str(spec)]) == 3
    assert "has a universe and no period" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("BTC/USDT", "from which day on?"),
        ("BTC/USDT --since 2024-01-32", "--since: 2024-01-32: the calendar has no such day"),
        ("BTC/USDT --since 2024-01-02 --until 2024-01-01", "--until lies before --since"),
        ("BTC/USDT --since 2024-01-01 --timeframe 7m", "--timeframe: 7m: venues have no bars of that length"),
        ("configs/small.yaml BTC/USDT", "configs/small.yaml BTC/USDT: too much at once"),
        ("configs/small.yaml --venue kraken", "or have another with --set market.venue=kraken"),
        (
            "configs/small.yaml --timeframe 4h",
            "which timeframe: 1h\nhint: leave --timeframe out, or have",
        ),
        ("configs/small.yaml --timeframe 1h", "the spec says which timeframe: 1h\nhint: leave --timeframe out\n"),
        ("BTC/USDT --since 2024-01-01 --timeframe 60m", "a bar of that length is called 1h\nhint: write 1h"),
        ("BTC/USDT --since 2024-01-01 --venue kraken", "kraken cannot be sent to http://127.0.0.1:1"),
    ],
)
def test_a_line_that_asks_for_the_impossible_ends_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys, line: str, said: str
) -> None:
    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRYPTOFLOW_VENUES__KRAKEN__URL", "http://127.0.0.1:1")
    assert run(["data", "download", *line.split()]) == 2
    assert said in capsys.readouterr().err


def test_export_calls_a_timeframe_as_download_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["data", "export", "BTC/USDT", "--timeframe", "60m", "--to", "btc.csv"]) == 2
    assert "a bar of that length is called 1h\nhint: write 1h" in capsys.readouterr().err


def test_a_spec_that_runs_on_other_bars_is_told_so(stub: Stub, tmp_path: Path, capsys: Capsys) -> None:
    spec = small(tmp_path)
    line = ["data", "download", str(spec), "--set", "period=2024-01-03..2024-01-05"]
    assert run(line) == 0
    said = capsys.readouterr().err
    assert "backtests on `history: {use: csv}`, not on the store: for these bars it needs `sources:" in said
    assert run([*line, "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["remarks"] == [said.strip()] == [told.err.strip()]
    assert run([*line, "--set", "sources.history={use: store}"]) == 0
    assert capsys.readouterr().err == ""


def test_a_past_that_is_still_to_come_at_the_venue_is_no_success(stub: Stub, capsys: Capsys) -> None:
    at, line = midnight("2024-01-06"), ["data", "download", "BTC/USDT", "--timeframe", "1h", "--since", "2024-01-01"]
    stub.now = lambda: at + 10_000
    assert run([*line, "--until", "2024-01-31"]) == 4
    told = capsys.readouterr()
    assert told.out == "BTC/USDT 1h: 120 bars from 2024-01-01 00:00 UTC to 2024-01-06 00:00 UTC, 120 of them new\n"
    failed, hint = told.err.splitlines()[1:]
    assert failed.endswith("stands at 2024-01-06 00:00 UTC: 26 days of what was asked lie in its future")
    assert hint == "hint: `--until 2024-01-05` asks for what is over there"
    assert run([*line, "--until", "2024-01-05"]) == 0
    for end in ((), ("--until", f"{day_of(MachineClock().now())}")):
        assert run([*line, *end]) == 0
    assert run([*line[:-1], "2024-01-07"]) == 4
    assert "2024-01-06 00:00 UTC: no bar of 1h has closed since 2024-01-07" in capsys.readouterr().err


def test_a_past_that_has_just_ended_at_the_venue_is_waited_for(stub: Stub, capsys: Capsys) -> None:
    began, end = time.monotonic(), midnight("2024-01-06")
    stub.now = lambda: end + 2_500 + int((time.monotonic() - began) * 1000)
    line = ["data", "download", "BTC/USDT", "--timeframe", "1h", "--since", "2024-01-01", "--until", "2024-01-05"]
    assert run(line) == 0
    assert "120 bars from 2024-01-01 00:00 UTC to 2024-01-06 00:00 UTC" in capsys.readouterr().out


def test_before_the_first_bar_of_a_symbol_there_is_no_gap_and_nothing_to_ask_again(stub: Stub, capsys: Capsys) -> None:
    stub.begins = midnight("2024-01-04")
    line = ["data", "download", "BTC/USDT", "--since", "2023-12-01", "--until", "2024-01-10", "--timeframe", "1h"]
    assert run(line) == 0
    assert capsys.readouterr().out == (
        "BTC/USDT 1h: 168 bars from 2024-01-04 00:00 UTC to 2024-01-11 00:00 UTC, 168 of them new; "
        "before that the venue has none, asked from 2023-12-01 00:00 UTC on\n"
    )
    asked = len(stub.pages())
    assert run([*line, "--json"]) == 0
    (series,) = json.loads(capsys.readouterr().out)["series"]
    begins = "2024-01-04T00:00:00Z"
    assert (series["start"], series["none_before"], series["missing"]) == (begins, begins, 0)
    assert len(stub.pages()) == asked
    assert run(["data", "list", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)["datasets"]
    assert (listed["start"], listed["missing"]) == ("2024-01-04T00:00:00Z", 0)
    assert run(["data", "gaps"]) == 0
    assert capsys.readouterr().err == "no gaps\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--venue binanec", "ccxt knows no venue binanec\nhint: did you mean `binance`?"),
        ("--venue kraken --timeframe 3m", "kraken has no bars of 3m\nhint: it has 1m, 5m, 15m,"),
    ],
)
def test_a_venue_nobody_knows_or_that_has_no_such_bars_ends_with_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys, words: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert run(["data", "download", "BTC/USDT", "--since", "2024-01-01", *words.split()]) == 3
    assert said in capsys.readouterr().err


def test_on_a_terminal_each_symbol_has_a_bar_with_its_rate(
    stub: Stub, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    stub.delay = 0.05
    ours, theirs = pty.openpty()
    seen = b""
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("COLUMNS", "120")
        monkeypatch.setattr(sys, "stderr", terminal)
        assert run(["data", "download", "BTC/USDT", "ETH/USDT", *JANUARY]) == 0
        terminal.flush()
        while select.select([ours], [], [], 0)[0]:
            seen += os.read(ours, 65_536)
    os.close(ours)
    drawn = seen.decode()
    assert "BTC/USDT 1m" in drawn
    assert "ETH/USDT 1m" in drawn
    assert re.search(r"[\d,]+ bars/s", drawn)
    assert re.search(r"\d+%", drawn)
    assert [line[:11] for line in capsys.readouterr().out.splitlines()] == ["BTC/USDT 1m", "ETH/USDT 1m"]
