"""Unmodified ccxt and ccxt.pro take the venue for what it plays, and come back after a cut; the same each time."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.venue.klines import klines
from tests.venue.markets import MINUTE, OPENING, minutes, tape

ROOT = Path(__file__).parents[2]
DIALECTS = ["binance", "bybit"]
BARS = minutes("BTC/USDT", seed=0)


@cache
def runs() -> dict[tuple[str, int], str]:
    """What each client saw, twice with the same seed; they run side by side."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "tests.venue.watching"]
    cached = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    running = {
        (dialect, time): subprocess.Popen(
            [*command, dialect, "1"], cwd=ROOT, env=cached, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for dialect in DIALECTS
        for time in range(2)
    }
    found = {key: process.communicate(timeout=120) for key, process in running.items()}
    for (dialect, _), (said, talk) in found.items():
        assert said, f"{dialect}: {talk}"
        assert "Unclosed" not in talk, talk
    return {key: said for key, (said, _) in found.items()}


def seen(dialect: str) -> dict[str, Any]:
    """What a client of that venue saw."""
    found: dict[str, Any] = json.loads(runs()[dialect, 0])
    return found


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_same_seed_shows_a_client_the_same(dialect: str) -> None:
    assert runs()[dialect, 0] == runs()[dialect, 1]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_requests_tell_the_bars_that_are_played(dialect: str) -> None:
    told = seen(dialect)["asked"]
    asked = BARS.between(OPENING - 60 * MINUTE, OPENING)
    columns = (asked.open_at, asked.open, asked.high, asked.low, asked.close, asked.volume)
    assert told["minutes"] == [list(row) for row in zip(*(column.tolist() for column in columns), strict=True)]
    assert [bar[0] for bar in told["hour"]] == [OPENING - 120 * MINUTE, OPENING - 60 * MINUTE]
    whole = told["hour"][1]
    assert whole[1:5] == [asked.open[0], asked.high.max(), asked.low.min(), asked.close[-1]]
    assert whole[5] == pytest.approx(float(asked.volume.sum()))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_requests_tell_the_terms_the_time_and_a_deep_book(dialect: str) -> None:
    told = seen(dialect)["asked"]
    assert (told["precision"]["price"], told["precision"]["amount"], told["least"]) == (0.01, 0.00001, 10.0)
    assert OPENING <= told["time"] < OPENING + 5_000
    assert told["book"] == [50, 50]
    assert told["spread"] > 0
    ids = sorted(map(int, told["ticks"]))
    assert ids == list(range(ids[0], ids[0] + 20))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_ticks_are_told_one_by_one_but_for_those_of_a_cut(dialect: str) -> None:
    news = seen(dialect)["watch_trades"]
    cuts = [place for place, each in enumerate(news) if each[0] == "cut"]
    assert len(cuts) == 1
    before, after = ({each[0] for part in side for each in part} for side in (news[: cuts[0]], news[cuts[0] + 1 :]))
    for side in (before, after):
        assert sorted(side) == list(range(min(side), max(side) + 1))
    assert max(before) < min(after)
    assert len(before | after) > 100


@pytest.mark.parametrize("dialect", DIALECTS)
def test_told_ticks_are_those_of_the_tape(dialect: str) -> None:
    played = {tick.number: tick for row in range(119, 123) for tick in tape(BARS).inside(row)}
    told = [each for part in seen(dialect)["watch_trades"] if part[0] != "cut" for each in part]
    for number, at, price, quantity in told:
        tick = played[number]
        assert (at, price, quantity) == (tick.at, tick.price / 100, tick.quantity / 100_000)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_bars_of_the_stream_end_as_the_bars_that_are_played(dialect: str) -> None:
    last = {each[0]: each for each in seen(dialect)["watch_ohlcv"] if each[0] != "cut"}
    played = klines(tape(BARS), MINUTE, OPENING, OPENING + 2 * MINUTE, OPENING + 2 * MINUTE)
    for bar in played:
        prices = [price / 100 for price in (bar.open, bar.high, bar.low, bar.close)]
        assert last[bar.open_at] == [bar.open_at, *prices, bar.volume / 100_000]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_books_stay_whole_and_come_back_after_a_cut(dialect: str) -> None:
    news = seen(dialect)["watch_order_book"]
    cuts = [place for place, each in enumerate(news) if each[0] == "cut"]
    assert cuts == [cuts[0]]
    assert len(news) - cuts[0] > 20
    for bids, asks, bid, ask in (each for each in news if each[0] != "cut"):
        assert (bids, asks) == ((50, 50) if dialect == "bybit" else (100, 100))
        assert bid[0] < ask[0]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_two_minutes_pass_in_no_time_and_what_was_cut_is_written_down(dialect: str) -> None:
    found = seen(dialect)
    assert found["passed"] > 130
    assert {fault["kind"] for fault in found["faults"]} == {"disconnect"}
    assert {each for each in found["watch_ticker"] if isinstance(each, float)}
