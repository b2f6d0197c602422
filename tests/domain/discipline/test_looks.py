"""What looks inside a bar: flat rings of ticks and minutes say what a naive look at all says, compiled or not."""

from collections.abc import Callable
from math import isclose, isnan, log, nan
from random import Random
from statistics import StatisticsError, correlation, fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from cryptoflow.domain.breakers.components import Kind
from cryptoflow.domain.breakers.registry import Breakers
from cryptoflow.domain.discipline import alarms, drops, together
from cryptoflow.domain.discipline.alarms import cascade, correlated, first_of, manual, no_contact, system_error
from cryptoflow.domain.discipline.drops import SECONDS, Drop, fallen, guarded, paused
from cryptoflow.domain.discipline.together import POINTS, ROOM, mean_correlation, note
from cryptoflow.domain.discipline.trips import Trip
from cryptoflow.engine.batch.compile import prepare_module
from cryptoflow.engine.memory import layout

TICKS = st.lists(st.tuples(st.integers(0, 30_000), st.integers(50, 150)), max_size=150)


@given(TICKS)
def test_a_fall_is_measured_from_the_highest_price_of_the_last_60_s(ticks: list[tuple[int, int]]) -> None:
    drop, highs, seconds, at, seen = Drop(), [0.0] * (2 * drops.ROOM), [0] * (2 * drops.ROOM), 0, []
    for pause, price in ticks:
        at += pause
        seen.append((at // 1000, price))
        highest = max(high for second, high in seen if second >= at // 1000 - SECONDS)
        assert fallen(drop, highs, seconds, 1, at, float(price)) == (highest - price) / highest
        assert drop.count <= SECONDS + 1
    assert not any(highs[: drops.ROOM]), "a symbol keeps to its own row"


def test_a_tick_that_comes_late_makes_no_high_older() -> None:
    drop, highs, seconds = Drop(), [0.0] * drops.ROOM, [0] * drops.ROOM
    fallen(drop, highs, seconds, 0, 90_000, 50.0)
    fallen(drop, highs, seconds, 0, 10_000, 100.0)
    assert fallen(drop, highs, seconds, 0, 149_000, 80.0) == 0.2


def test_the_pause_begins_anew_with_each_tick_that_low_and_ends_by_itself() -> None:
    drop = Drop()
    assert [guarded(drop, 0.1, at) for at in (0, 60_000, 359_999)] == [1, 0, 0]
    assert [paused(drop, at) for at in (659_998, 659_999)] == [1, 0]
    assert guarded(drop, 0.1, 659_999) == 1
    assert guarded(Drop(), nan, 0) == 0


def naive(prices: list[list[float]], minute: int) -> float:
    """The mean over all pairs, each by its own minutes."""
    found = []
    for one in range(len(prices)):
        for other in range(one + 1, len(prices)):
            moved = [
                tuple(log(prices[each][at] / prices[each][at - 1]) for each in (one, other))
                for at in range(max(1, minute - together.MINUTES + 1), minute + 1)
                if not any(isnan(prices[each][at - back]) for each in (one, other) for back in (0, 1))
            ]
            if len(moved) >= POINTS:
                try:
                    found.append(correlation(*zip(*moved, strict=True)))
                except StatisticsError:
                    continue
    return fmean(found) if found else nan


@pytest.mark.parametrize("seed", range(20))
def test_the_mean_correlation_is_that_of_a_library_with_gaps_and_without(seed: int) -> None:
    draw, symbols, closes = Random(seed), 4, [nan] * (5 * ROOM)
    prices: list[list[float]] = [[] for _ in range(symbols)]
    for minute in range(80):
        shared = draw.gauss(0, 1)
        for symbol in range(symbols):
            before = next((each for each in reversed(prices[symbol]) if not isnan(each)), 100.0)
            moved = before * (1 + 0.001 * (shared + draw.gauss(0, 0.3)))
            prices[symbol].append(nan if draw.random() < 0.05 * (seed % 3) else moved)
            note(closes, symbol + 1, minute, prices[symbol][-1])
        found, wanted = mean_correlation(closes, [1, 2, 3, 4], symbols, minute), naive(prices, minute)
        assert isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-12) or (isnan(found) and isnan(wanted))


def test_the_first_cause_wins_whatever_else_has_happened() -> None:
    told = [Trip(1, 0.2, 0.1), system_error(1), manual(1), no_contact(900_000, 0), correlated(1.0, 2), cascade(3, 3)]
    while told:
        nothing = [Trip()] * (6 - len(told))
        assert first_of(*nothing, *told) == told[0]
        told.pop(0)
    assert first_of(*[Trip()] * 6).cause == -1


def test_a_cascade_counts_what_the_breakers_of_a_process_count() -> None:
    breakers = Breakers(lambda: 0, lambda *_: None)
    paths = [breakers.breaker(kind, "binance") for kind in (Kind.ORDER_PATH, Kind.VENUE_REST)]
    paths += [breakers.breaker(Kind.DATABASE, name) for name in ("journal", "shared")]
    paths += [breakers.breaker(Kind.CACHE, "redis")]
    seen = []
    for breaker in paths:
        for _ in range(5):
            with breaker.guard():
                pass
        opened, of = breakers.counts
        assert (cascade(opened, of).cause >= 0) == breakers.cascading
        seen.append((opened, of))
    assert seen == [(1, 3), (1, 3), (2, 3), (3, 3), (3, 3)]


@pytest.mark.long
def test_looks_are_the_same_compiled(evidence: Callable[[str], None]) -> None:
    for module in (alarms, drops, together):
        prepare_module(module.__name__)

    @njit
    def tick(drop, highs, seconds, at, price):  # type: ignore[no-untyped-def]
        share = fallen(drop[0], highs, seconds, 0, at, price)
        return share, guarded(drop[0], share, at), paused(drop[0], at)

    @njit
    def looked(closes, held, minute, silent):  # type: ignore[no-untyped-def]
        mean = mean_correlation(closes, held, 2, minute)
        none = Trip(-1, 0.0, 0.0)
        return first_of(none, system_error(0), manual(0), no_contact(silent, 1), correlated(mean, 2), cascade(1, 3))

    draw, at, same = Random(7), 0, 0
    drop, highs, seconds = Drop(), [0.0] * drops.ROOM, [0] * drops.ROOM
    rows = np.array([(0, 0, -9_000_000_000_000_000)], dtype=layout(Drop))
    places, times = np.zeros(drops.ROOM), np.zeros(drops.ROOM, dtype=np.int64)
    closes, told = [nan] * (2 * ROOM), np.full(2 * ROOM, nan)
    price = 100.0
    for minute in range(3_000):
        at += draw.randrange(20_000)
        price *= 1 + draw.gauss(0, 0.03)
        share = fallen(drop, highs, seconds, 0, at, price)
        plain = (share, guarded(drop, share, at), paused(drop, at))
        assert tick(rows, places, times, at, price) == plain
        for symbol in (0, 1):
            close = price * (1 + symbol + draw.gauss(0, 0.002))
            note(closes, symbol, minute, close)
            note(told, symbol, minute, close)
        silent = draw.randrange(70_000)
        mean = mean_correlation(closes, [0, 1], 2, minute)
        found = first_of(Trip(), system_error(0), manual(0), no_contact(silent, 1), correlated(mean, 2), cascade(1, 3))
        assert tuple(looked(told, np.array([0, 1]), minute, silent)) == tuple(found)
        same += 1
    evidence(f"{same:,} ticks and minutes, the same to the last bit")
