"""A venue that is listened to through ccxt says what our own reader of it hears, and comes back like it."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.streams.channels import Kind, Stream, streams_of
from cryptoflow.market.streams.feed import Feed
from cryptoflow.market.streams.said import Changes, Forming, Snapshot
from cryptoflow.market.streams.watched import Best, Books, Rows, Ticks
from tests.market.streams.rehearsal import START

ROOT = Path(__file__).parents[3]
DIALECTS = ["binance", "bybit"]
DAYS = ("cut", "silent", "broken", "calm", "ours")


def heard(*programs: Sequence[str]) -> list[str]:
    """Return what some programs have heard, run side by side."""
    command = [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning", "-m", "tests.market.streams.hearing"]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with TemporaryDirectory() as state:
        running = [
            subprocess.Popen([*command, *words], cwd=ROOT, env={**env, "XDG_STATE_HOME": f"{state}/{place}"}, **pipes)
            for place, words in enumerate(programs)
        ]
        found = [process.communicate(timeout=300) for process in running]
    for words, (said, talk) in zip(programs, found, strict=True):
        assert said, f"{words}: {talk}"
        assert not talk, "ccxt is left without a word"
    return [said for said, _ in found]


@cache
def days() -> dict[str, Any]:
    """Return what was heard of each venue on some days, and of one again on the first of them."""
    programs = [*([dialect, *DAYS] for dialect in DIALECTS), ["binance", DAYS[0]]]
    return dict(zip([*DIALECTS, "again"], map(json.loads, heard(*programs)), strict=True))


def without(names: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return events without what may differ."""
    return [{name: value for name, value in event.items() if name not in names.split()} for event in events]


def at(event: dict[str, Any]) -> float:
    """Return when an event was heard, in seconds after the clock's start."""
    return float(event["heard_at"] / 1e9 - START / 1000)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_on_a_calm_day_ticks_bars_tops_and_book_are_those_that_our_own_reader_hears(dialect: str) -> None:
    through, ours = days()[dialect]["calm"], days()[dialect]["ours"]
    assert without("heard_at", through["Tick"]) == without("heard_at", ours["Tick"])
    assert len(through["Tick"]) > 200
    assert {tuple(bar.values()) for bar in without("heard_at", through["Closed"])} == {
        tuple(bar.values()) for bar in without("heard_at", ours["Closed"])
    }
    assert len(through["Closed"]) == 3, "one of the venue and two that are built, the first minute being half"
    assert without("heard_at number at", through["Top"]) == without("heard_at number at", ours["Top"])
    assert through["book"] == ours["book"]
    assert not any(through[kind] for kind in ("Missed", "Cut", "Silent"))
    assert {figures["lost"] for figures in through["figures"]["channels"].values()} == {0}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_a_cut_takes_away_is_asked_for_and_told_in_its_place(dialect: str) -> None:
    day = days()[dialect]["cut"]
    numbers = [tick["number"] for tick in day["Tick"]]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert {filled["channel"] for filled in day["Filled"]} == {"ticks", "bars 1m"}
    for filled in day["Filled"]:
        step = 1 if filled["channel"] == "ticks" else 60_000
        assert filled["found"] == (filled["before"] - filled["after"]) // step - 1 > 0
    assert len(day["Cut"]) == 4, "each kind has a connection"
    assert {cut["reason"] for cut in day["Cut"]} == {"closed with 1006"}
    assert len(day["Joined"]) == 8
    assert all(joined["away"] < 5_000 for joined in day["Joined"])
    bars = {bar["open_at"]: tuple(bar.values()) for bar in without("heard_at", day["Closed"])}
    assert len(bars) == 1
    assert day["book"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_silent_stream_is_noticed_made_anew_and_heard_again(dialect: str) -> None:
    day = days()[dialect]["silent"]
    (silent,), (cut,), (sound,) = day["Silent"], day["Cut"], day["Sound"]
    assert silent["since"] / 1000 + 10 < silent["heard_at"] / 1e9 < silent["since"] / 1000 + 11.2
    assert cut["reason"] == "all its streams are silent"
    assert at(silent) < at(cut) < at(sound)
    assert [bar["timeframe"] for bar in day["Closed"]] == [60_000], "the other stream goes on"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_message_that_cannot_be_read_costs_a_connection_and_nothing_else(dialect: str) -> None:
    day = days()[dialect]["broken"]
    assert {cut["reason"] for cut in day["Cut"]} == {"a message cannot be read"}
    assert day["figures"]["connections"][0]["malformed"] == len(day["Cut"]) > 0
    numbers = [tick["number"] for tick in day["Tick"]]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert day["figures"]["channels"]["ticks"]["lost"] == 0


def test_the_same_seed_is_told_in_the_same_words() -> None:
    assert days()["again"]["cut"] == days()["binance"]["cut"]


async def refused(venue: str, channels: Sequence[str]) -> None:
    """Open a feed that cannot be."""
    async with Feed(venue, ["BTC/USD"], channels):
        raise AssertionError


@pytest.mark.parametrize(
    ("venue", "channel", "says", "code"),
    [
        ("bitstamp", "top", "no stream of top at bitstamp\nhint: it has ticks, book", ExitCode.UNAVAILABLE),
        ("kraken", "bars 7m", "kraken has no bars of 7m\nhint: it has 1m, 5m", ExitCode.INVALID),
        ("btcmarkets", "ticks", "ccxt has no streams of btcmarkets", ExitCode.UNAVAILABLE),
        ("krakn", "ticks", "ccxt knows no venue krakn\nhint: did you mean `kraken`", ExitCode.INVALID),
    ],
)
def test_what_a_venue_lacks_is_refused_with_what_it_has(venue: str, channel: str, says: str, code: ExitCode) -> None:
    with pytest.raises(CryptoflowError) as refusal:
        asyncio.run(refused(venue, [channel]))
    assert says in str(refusal.value)
    assert refusal.value.code is code


def test_a_bar_counts_as_closed_when_the_next_one_is_under_way_and_is_told_once() -> None:
    rows = Rows(Stream("BTC/USD", Kind.BARS, 60_000))
    history = [[0, 1.0, 1.0, 1.0, 1.0, 1.0], [60_000, 1.0, 2.0, 1.0, 2.0, 1.0]]
    assert [type(item).__name__ for item in rows.read(history, 7)] == ["Forming"], "what was before is not told"
    assert rows.over(119_999) is None
    assert rows.over(120_000) == 60_000, "its end has passed, and the next has not come"
    (asked,) = rows.new([Forming(60_000), rows.forming])
    assert asked.open_at == 60_000
    assert [item.open_at for item in rows.read([[120_000, 2.0, 2.0, 2.0, 2.0, 1.0]], 8)] == [120_000]
    assert rows.over(180_000) == 120_000


def test_ticks_without_a_name_are_told_apart_and_known_again() -> None:
    first = {"id": None, "timestamp": 5, "price": 2.0, "amount": 1.0, "side": "buy"}
    later = {**first, "timestamp": 6, "side": None}
    stream, past = Ticks("BTC/USD", numbered=False), Ticks("BTC/USD", numbered=False)
    heard_names = [item.name for batch in ([first], [first, later]) for item in stream.read(batch, 0)]
    assert heard_names == [item.name for item in past.read([later, first, first], 0)]
    assert len(set(heard_names)) == 3


def test_best_prices_that_have_not_changed_are_not_told() -> None:
    best = Best("BTC/USD")
    ticker = {"bid": 9.0, "bidVolume": None, "ask": 10.0, "askVolume": 2.0, "timestamp": 5}
    assert [top.number for each in (ticker, ticker, {**ticker, "ask": 11.0}) for top in best.read(each, 0)] == [1, 2]
    assert not best.read({**ticker, "ask": None}, 0)


def test_a_book_that_does_not_add_up_is_missing_until_it_comes_whole() -> None:
    books, (stream,) = Books(), streams_of(["BTC/USD"], ["book"])
    assert stream.kind is Kind.BOOK
    (whole,) = books.read({"nonce": None, "timestamp": 5, "bids": [[9.0, 1.0, 3]], "asks": [[10.0, 1.0]]}, 0)
    assert whole == Snapshot(1, 5, [(9.0, 1.0)], [(10.0, 1.0)], 0)
    (broken,) = books.broken(0)
    assert isinstance(broken, Changes)
    assert broken.first > whole.last + 1


@pytest.mark.long
@pytest.mark.parametrize(
    ("dialect", "storm"),
    # Bybit does not number its ticks, and its book's numbers ccxt does not look at: only a cut shows what is missing.
    [("binance", "storm"), ("bybit", "storm of cuts and bars")],
)
def test_ten_minutes_of_faults_through_ccxt_end_like_an_undisturbed_run(
    dialect: str, storm: str, evidence: Callable[[str], None]
) -> None:
    (said,) = heard([dialect, "after the storm", storm])
    calm, day = (json.loads(said)[name] for name in ("after the storm", storm))
    ticks, bars = ([without("heard_at", each[kind]) for each in (day, calm)] for kind in ("Tick", "Closed"))
    assert ticks[0] == ticks[1][ticks[0][0]["number"] - ticks[1][0]["number"] :]
    assert {tuple(bar.values()) for bar in bars[0]} >= {tuple(bar.values()) for bar in bars[1]}
    assert day["book"] == calm["book"]
    evidence(f"{len(day['Cut'])} cuts, {len(day['Missed'])} gaps filled, {len(ticks[0]):,} ticks identical")


@pytest.mark.long
@pytest.mark.parametrize("dialect", DIALECTS)
def test_through_ccxt_a_feed_is_back_within_five_seconds_of_a_venue_that_was_gone(
    dialect: str, evidence: Callable[[str], None]
) -> None:
    (said,) = heard([dialect, "gone"])
    day = json.loads(said)["gone"]
    begun = min(map(at, day["Joined"]))
    back = [at(joined) - 260 - begun for joined in day["Joined"] if joined["away"]]
    assert len(back) == 2
    assert max(back) < 5
    evidence(f"{max(back):.2f} s after the venue")
