"""History and stream are one series: begun in the middle of a bar, with a store that ends days before."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from cryptoflow.venue.klines import klines
from cryptoflow.venue.tape import Tape
from tests.market.live.joining import BEGIN, MINUTES, SYMBOLS
from tests.market.streams.rehearsal import MINUTE, START, TERMS, bars

ROOT = Path(__file__).parents[3]


@cache
def seen() -> dict[str, Any]:
    """What came in eight minutes of which one second was a cut, twenty the venue's errors and ten a gap."""
    cached = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with TemporaryDirectory() as folder:
        found = subprocess.run(
            [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "tests.market.live.joining", folder],
            cwd=ROOT,
            env={**cached, "XDG_STATE_HOME": f"{folder}/state"},
            stdout=subprocess.PIPE,
            check=True,
            timeout=120,
        )
    told: dict[str, Any] = json.loads(found.stdout)
    return told


def open_at(minute: int) -> int:
    """When the bar of a minute opens."""
    return START + minute * MINUTE


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_the_bars_that_come_are_the_venues_klines_each_once(symbol: str) -> None:
    came = seen()["came"][symbol]
    first, last = int(came[0][0]), int(came[-1][0])
    tape = Tape(bars(symbol, MINUTES), TERMS, seed=3, ticks=4)
    played = klines(tape, MINUTE, first, last + MINUTE, last + MINUTE)
    assert came == [
        [bar.open_at, *(price / 100 for price in (bar.open, bar.high, bar.low, bar.close)), bar.volume / 10_000]
        for bar in played
    ]
    begun = (START + BEGIN) // MINUTE * MINUTE
    assert (first, last) == (begun - 3_001 * MINUTE, begun + 7 * MINUTE)
    assert seen()["known"][symbol] == 3_001


def test_rounds_end_with_their_last_bar_or_after_two_seconds_and_a_bar_that_comes_later_decides_nothing() -> None:
    begun, course = BEGIN // MINUTE, seen()["course"]
    rounds = {at: (said_at - at - MINUTE, missing) for what, at, said_at, missing in course if what == "round"}
    assert list(rounds) == [open_at(begun + minute) for minute in range(8)]
    short = open_at(begun + 4)
    waited, missing = rounds.pop(short)
    assert 2_000 <= waited < 2_010
    assert missing == ["ETH/USDT"]
    assert all(waited < 500 and not missing for waited, missing in rounds.values())
    told = [(what, at) for what, at, _, names in course if what != "round" and names == ["ETH/USDT"]]
    assert told == [("missed", short - MINUTE), ("late", short), ("filled", short - MINUTE)]
