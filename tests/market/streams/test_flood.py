"""Twelve thousand ticks a second, for a minute."""

import asyncio
from collections.abc import Callable

import pytest

from benchmarks.rehearsed import Taken, rehearsal, taken
from benchmarks.streams import RATE, bare, heard, plain_ccxt, run, through_ccxt

ATTEMPTS = 3
"""A busy machine only ever makes things slower."""

QUIET = 0.5e-3
"""Seconds of p99 of a loop that does nothing, above which the machine has too much else to do to tell anything."""

AIM = 0.95e-3


def test_every_tick_of_a_flood_arrives_once_and_in_order() -> None:
    with rehearsal(RATE) as url:
        flood = asyncio.run(taken(url, 1.5))
    assert flood.in_order == flood.ticks
    assert flood.ticks > RATE / 2


@pytest.mark.long
def test_a_minute_of_12000_ticks_a_second_from_the_rehearsal_venue_loses_nothing(
    evidence: Callable[[str], None],
) -> None:
    with rehearsal(RATE) as url:
        ours: Taken = run(taken(url, 60))
    evidence(
        f"{ours.ticks:,} ticks in a minute from the rehearsal venue, {ours.share:.0%} of a core, at most "
        f"{ours.longest:,} waiting; from socket to engine p50 {ours.p50:.3f} ms, p99 {ours.p99:.3f} ms"
    )
    assert ours.in_order == ours.ticks
    assert ours.ticks > 0.97 * 60 * RATE
    assert ours.share < 0.25


@pytest.mark.long
def test_through_ccxt_twelve_thousand_a_second_arrive_at_the_price_of_half_a_core(
    evidence: Callable[[str], None],
) -> None:
    through, ours = heard(10 * RATE, through_ccxt), heard(10 * RATE)
    for name, one in (("through ccxt", through), ("by our own reader", ours)):
        evidence(
            f"{name}: {one.ticks:,} ticks, none lost, p50 {1e3 * one.p50:.3f} ms, p99 {1e3 * one.p99:.3f} ms, "
            f"{one.share:.0%} of a core, {1e6 * one.share / RATE:.0f} µs a tick"
        )
    burst = 30_000
    all_at_once, plain = (heard(burst, listen, rate=1_000_000) for listen in (through_ccxt, plain_ccxt))
    evidence(
        f"{burst:,} ticks at once: through ccxt {all_at_once.ticks:,} arrive, the last after {all_at_once.p99:.2f} s; "
        f"ccxt.pro as it comes tells {plain.ticks:,} of them"
    )
    assert through.ticks == 10 * RATE
    assert all_at_once.ticks == burst
    assert plain.ticks < burst


@pytest.mark.long
def test_a_minute_of_12000_ticks_a_second_takes_less_than_a_millisecond_from_process_to_queue(
    evidence: Callable[[str], None],
) -> None:
    telling = False
    for _ in range(ATTEMPTS):
        before, ours, later = heard(10 * RATE, bare), heard(60 * RATE), heard(10 * RATE, bare)
        loop = max(before, later, key=lambda each: each.p99)  # others may come in the middle of a minute
        telling = telling or loop.p99 < QUIET
        evidence(
            f"{ours.ticks:,} ticks, p50 {1e3 * ours.p50:.3f} ms, p99 {1e3 * ours.p99:.3f} ms, {ours.share:.0%} of a "
            f"core; a loop that only reads: p99 {1e3 * loop.p99:.3f} ms, {loop.share:.0%}"
        )
        assert ours.share < 0.25
        if ours.p99 < AIM:
            return
    if not telling:
        pytest.skip(f"machine too busy to tell: a loop that only reads has a p99 of {1e3 * loop.p99:.3f} ms")
    pytest.fail(f"p99 {1e3 * ours.p99:.3f} ms where a loop that only reads was quick")
