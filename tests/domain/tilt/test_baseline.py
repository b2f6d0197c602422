"""What is usual is learned from a month of samples, and only what lies far outside of it is odd."""

from statistics import quantiles

from hypothesis import given
from hypothesis import strategies as st

from cryptoflow.domain.calendar import DAY, HOUR
from cryptoflow.domain.records import Pair
from cryptoflow.domain.tilt.baseline import beyond, forget, is_known, quantile, refresh, sample, severity
from cryptoflow.domain.tilt.records import HABITS_SIZE, RATE, SAMPLES, SIGNS_SIZE, SIZE, Tilt
from cryptoflow.domain.tilt.rhythm import enter, leave
from cryptoflow.domain.tilt.signs import live

NOW = 1_000 * DAY


def learned(values: list[float], habit: int = SIZE, every: int = HOUR) -> list[float]:
    """Habits after so many samples, the last of them now."""
    habits = [0.0] * HABITS_SIZE
    for place, value in enumerate(values):
        sample(habits, habit, NOW - (len(values) - 1 - place) * every, value)
    refresh(habits, NOW)
    return habits


def test_a_hundred_samples_of_a_month_are_enough_and_one_fewer_is_not() -> None:
    assert not is_known(learned([1.0] * 99), SIZE)
    assert is_known(learned([1.0] * 100), SIZE)
    assert not is_known(learned([1.0] * 100, every=8 * HOUR), SIZE)  # a third of them is older than a month


def test_it_is_looked_at_once_a_week() -> None:
    habits = learned([1.0] * 99)
    sample(habits, SIZE, NOW, 1.0)
    refresh(habits, NOW + 7 * DAY - 1)
    assert not is_known(habits, SIZE)
    refresh(habits, NOW + 7 * DAY)
    assert is_known(habits, SIZE)
    forget(habits)
    assert not is_known(habits, SIZE)


def test_the_range_reaches_one_and_a_half_spreads_beyond_the_quartiles() -> None:
    habits = learned([float(number) for number in range(101)])  # quartiles 25 and 75
    assert [beyond(habits, SIZE, value) for value in (-50.0, -51.0, 150.0, 152.0)] == [0.0, -1.0, 0.0, 2.0]
    assert [severity(habits, SIZE, value) for value in (150.0, 174.0, 176.0, 250.0, 9_999.0)] == [0, 0, 1, 2, 10]


def test_one_who_always_does_the_same_is_not_odd_with_a_rounded_lot() -> None:
    habits = learned([1.0] * 200)
    assert beyond(habits, SIZE, 1.14) == 0.0
    assert beyond(habits, SIZE, 1.16) > 0.0
    assert beyond(learned([1.0] * 200, RATE), RATE, 2.0) == 0.0


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=300))
def test_quartiles_are_those_of_the_standard_library(values: list[float]) -> None:
    row = [-7.0, *values, -7.0]
    low, middle, high = quantiles(values, n=4, method="inclusive")
    found = [quantile(row, 1, len(values), share) for share in (0.25, 0.5, 0.75)]
    assert (row[0], row[-1], sorted(row[1:-1])) == (-7.0, -7.0, sorted(values)), "nothing beside it is touched"
    assert all(abs(one - other) <= 1e-6 for one, other in zip(found, (low, middle, high), strict=True))


def trades(
    sizes: list[float], *, every: int, bar: int, lost: bool = True, at: int = NOW
) -> tuple[Tilt, list[float], int]:
    """A strategy that enters with these sizes, one after the other; each of its trades is lost, or none is."""
    tilt, signs, habits, pair = Tilt(), [0.0] * SIGNS_SIZE, [0.0] * HABITS_SIZE, Pair()
    for size in sizes:
        enter(tilt, signs, habits, pair, size, size * 0.02, 1, bar, at)
        leave(habits, pair, -1.0 if lost else 1.0, at + every // 2)
        at += every
    return tilt, signs, at - every


def test_a_fast_strategy_is_nothing_unusual() -> None:
    for bar in (60_000, 300_000, HOUR):
        _, signs, at = trades([100.0] * 2_000, every=bar, bar=bar)
        assert live(signs, at) == 0


def test_a_strategy_that_doubles_after_each_loss_is() -> None:
    _, signs, at = trades([100.0, 200.0], every=HOUR, bar=HOUR)
    assert live(signs, at) == 0
    _, signs, at = trades([100.0, 200.0, 400.0], every=HOUR, bar=HOUR)
    assert live(signs, at) == 0b100
    _, signs, at = trades([100.0, 200.0, 400.0], every=HOUR, bar=HOUR, lost=False)
    assert live(signs, at) == 0


def test_one_that_buys_more_because_its_stop_is_nearer_is_not() -> None:
    tilt, signs, habits, pair = Tilt(), [0.0] * SIGNS_SIZE, [0.0] * HABITS_SIZE, Pair()
    for number in range(60):
        at = NOW + number * HOUR
        enter(tilt, signs, habits, pair, 100.0 * 1.1**number, 2.0, 1, HOUR, at)
        leave(habits, pair, -1.0, at)
        assert live(signs, at) == 0


def test_no_more_samples_are_kept_than_there_is_room_for() -> None:
    habits = learned([9.0] * SAMPLES + [1.0] * SAMPLES, every=60_000)
    assert beyond(habits, SIZE, 9.0) > 0.0
