"""Twelve thousand ticks a second, for a minute."""

from collections.abc import Callable

import pytest

from benchmarks.streams import RATE, bare, heard

ATTEMPTS = 3
"""A busy machine only ever makes things slower."""


def test_every_tick_of_a_flood_arrives_once_and_in_order() -> None:
    assert heard(RATE).ticks == RATE


@pytest.mark.long
def test_a_minute_of_12000_ticks_a_second_loses_nothing_and_takes_less_than_a_quarter_of_a_core(
    evidence: Callable[[str], None],
) -> None:
    met = False
    for _ in range(ATTEMPTS):
        ours, loop = heard(60 * RATE), heard(10 * RATE, bare)
        evidence(
            f"{ours.ticks:,} ticks, p50 {1e3 * ours.p50:.3f} ms, p99 {1e3 * ours.p99:.3f} ms, {ours.share:.0%} of a "
            f"core; a loop that only reads: p99 {1e3 * loop.p99:.3f} ms, {loop.share:.0%}"
        )
        assert ours.share < 0.25
        # Where a loop that does nothing is late itself, the machine is asked for more than it has.
        met = met or ours.p99 < max(0.95e-3, 1.5 * loop.p99)
        if ours.p99 < 0.95e-3:
            break
    assert met
