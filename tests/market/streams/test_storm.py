"""A storm of faults ends with the bars, the ticks and the book of a calm day."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from cryptoflow.domain.ticks import Cut, Filled, Joined, Missed, Tick
from cryptoflow.market.streams.lines.line import lost
from cryptoflow.venue.dialects.bybit import Bybit
from cryptoflow.venue.faults.script import Fault, Kind
from cryptoflow.venue.topic import Channel
from tests.market.streams.rehearsal import Run, in_no_time, listened, venue

CALM = 60
"""Seconds after a storm."""


def storm(seconds: int, cuts: int, seed: int, *channels: Channel) -> list[Fault]:
    """Return trouble for so many seconds, so many disconnections among it; messages fail on some channels or all."""
    draw = Random(seed)
    apart = (seconds - 5) * 1000 // cuts
    moments = tuple(5_000 + apart * place + draw.randrange(apart // 4) for place in range(cuts))
    shares: dict[Kind, float] = {"gap": 0.02, "duplicate": 0.05, "reorder": 0.05, "malformed": 0.01, "broken": 0.0005}
    return [
        Fault("disconnect", at=moments),
        Fault("failing", at=tuple(range(20_000, seconds * 1000, 60_000)), lasts=3_000),
        *(
            Fault(kind, at=(0,), lasts=seconds * 1000, channel=channel, share=share)
            for kind, share in shares.items()
            for channel in channels or ("",)
        ),
        Fault("slow", at=moments[3::7], lasts=2_500, channel="ticks", amount=1_500),
        Fault(
            "slow", at=tuple(range(55_000, (seconds + 30) * 1000, 60_000)), lasts=7_000, channel="ticks", amount=2_000
        ),
        Fault("silence", at=moments[5::9], lasts=2_000, channel=(channels or ("ticks",))[0]),
        Fault("skew", at=tuple(range(8_000, seconds * 1000, 60_000)), lasts=20_000, amount=3_000),
    ]


def weathered(seconds: int, trouble: list[Fault], **settings: Any) -> tuple[Run, Run]:
    """Return a day with trouble and the same day without."""
    minutes = (seconds + CALM) // 60 + 2

    def day(faults: list[Fault]) -> Run:
        return in_no_time(
            lambda: listened(venue(faults, minutes=minutes, after=500, **settings), seconds + CALM, bound=100)
        )

    return day(trouble), day([])


def agree(disturbed: Run, calm: Run) -> None:
    """Hold a stormy day against a calm one."""
    ticks, all_ticks = disturbed.of(Tick), calm.of(Tick)
    assert ticks == all_ticks[ticks[0].number - all_ticks[0].number :]
    assert [tick.number for tick in ticks] == list(range(ticks[0].number, ticks[-1].number + 1))
    bars = disturbed.bars()
    assert bars == calm.bars()
    assert all(len(said) == 1 for said in bars.values()), "what we build is what the venue says"
    for (_, book), (_, undisturbed) in zip(disturbed.books.items(), calm.books.items(), strict=True):
        assert book is not None
        assert undisturbed is not None
        assert vars(book) == vars(undisturbed)
    assert sum(lost(filled, 1) for filled in disturbed.of(Filled) if filled.channel == "ticks") == 0


def test_a_storm_of_faults_leaves_no_trace_in_ticks_bars_and_book() -> None:
    disturbed, calm = weathered(90, storm(90, 25, seed=1))
    agree(disturbed, calm)
    assert len(disturbed.of(Cut)) > 15
    assert {missed.channel for missed in disturbed.of(Missed)} >= {"ticks", "book"}
    assert not calm.of(Missed)


def test_a_storm_on_a_venue_that_does_not_number_its_ticks_ends_well_too() -> None:
    trouble = storm(90, 25, 3, "book", "bars")
    agree(*weathered(90, trouble, dialect=Bybit))


def test_the_same_storm_is_told_in_the_same_words() -> None:
    first, again = (weathered(40, storm(40, 8, seed=5))[0] for _ in range(2))
    assert first.events == again.events


def test_what_was_missed_is_told_before_anything_newer_of_its_channel() -> None:
    events = weathered(60, storm(60, 12, seed=7))[0].events
    filled = 0
    for place, event in enumerate(events):
        if type(event) is Missed and event.channel == "ticks":
            rest = [each for each in events[place + 1 :] if type(each) in (Tick, Filled) and each[1] != "book"]
            told = rest[: event.before - event.after - 1]
            assert [tick.number for tick in told] == list(range(event.after + 1, event.before))
            assert rest[len(told)][:4] == (*event[:4],)
            filled += 1
    assert filled > 5


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_ten_minutes_with_200_disconnections_end_like_an_undisturbed_run(
    seed: int, evidence: Callable[[str], None]
) -> None:
    disturbed, calm = weathered(600, storm(600, 215, seed), ticks=600, symbols=("BTC/USDT", "ETH/USDT"))
    for symbol in ("BTC/USDT", "ETH/USDT"):
        agree(disturbed.on(symbol), calm.on(symbol))
    cuts, gaps, ticks = (len(disturbed.of(kind)) for kind in (Cut, Missed, Tick))
    away = max(joined.away for joined in disturbed.of(Joined))
    assert cuts >= 200
    evidence(f"{cuts} cuts, {gaps} gaps filled, {ticks:,} ticks, bars and books identical, away at most {away} ms")
