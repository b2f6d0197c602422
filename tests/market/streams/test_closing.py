"""Bars built from ticks close on time, and never before all of their ticks are known."""

import pytest

from cryptoflow.domain.ticks import Closed, Missed, Tick
from cryptoflow.venue.dialects.bybit import Bybit
from cryptoflow.venue.faults.script import Fault
from tests.market.streams.rehearsal import MINUTE, START, Run, in_no_time, listened, venue

SECOND = 1_000
OVER_THE_END = {"at": (110 * SECOND,), "lasts": 20 * SECOND}
TROUBLE = {
    "slow": Fault("slow", **OVER_THE_END, amount=2_000, channel="ticks"),
    "slow answers": Fault("slow", **OVER_THE_END, amount=2_000),
    "silence": Fault("silence", **OVER_THE_END, channel="ticks"),
    "gap": Fault("gap", at=(118 * SECOND,), lasts=2_500, channel="ticks"),
    "away": Fault("refused", **OVER_THE_END),
    "skew at the start": Fault("skew", at=(0,), lasts=15 * SECOND, amount=3_000),
    "skew to the end": Fault("skew", at=(100 * SECOND,), lasts=19 * SECOND, amount=30_000),
}


def day(*faults: Fault, ticks: int = 120, **settings: object) -> Run:
    """Return what a feed says of three minutes with these faults, its own bars beside the venue's."""
    channels = ["ticks", "bars 1m", "built 1m"]
    return in_no_time(
        lambda: listened(venue(faults, minutes=8, after=500, ticks=ticks, **settings), 190, channels=channels)
    )


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_bar_is_told_when_no_tick_is_missing_in_it_whatever_is_late_at_its_end(trouble: str) -> None:
    run = day(TROUBLE[trouble])
    assert len(run.bars()) == 3
    assert all(len(said) == 1 for said in run.bars().values()), "what we build is what the venue says"
    assert "built 1m" not in {missed.channel for missed in run.of(Missed)}


def test_a_bar_without_a_later_tick_is_told_within_a_second_of_its_end_when_the_venue_has_none() -> None:
    run = day(ticks=2)
    built = [event for event in run.events if type(event) is Closed and event.open_at == START + MINUTE]
    later = min(event.heard_at for event in run.events if type(event) is Tick and event.at >= START + 2 * MINUTE)
    late = [bar.heard_at / 1e6 - (START + 2 * MINUTE) for bar in built]
    assert len(built) == 2
    assert max(late) < 1_000
    assert max(late) < later / 1e6 - (START + 2 * MINUTE)


def test_where_nobody_can_say_whether_a_tick_is_missing_the_next_one_closes_a_bar() -> None:
    slow = day(TROUBLE["slow"], dialect=Bybit)
    assert all(len(said) == 1 for said in slow.bars().values())
    assert len(slow.bars()) == 3


def test_a_bar_told_by_a_venue_whose_clock_lies_is_taken_back() -> None:
    run = day(Fault("skew", at=(30 * SECOND,), lasts=160 * SECOND, amount=9_000))
    lost = [missed for missed in run.of(Missed) if missed.channel == "built 1m"]
    wrong = {at for at, said in run.bars().items() if len(said) > 1}
    assert wrong
    assert {missed.after + MINUTE for missed in lost} == wrong
