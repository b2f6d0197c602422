"""What is usual: the range in which the samples of a month lie, and how far from it something is."""

from typing import Any

from cryptoflow.domain.calendar import DAY
from cryptoflow.domain.tilt.records import (
    HABITS,
    PAUSE,
    RANGE_WIDTH,
    RANGES_AT,
    RATE,
    REFRESH_AT,
    SAMPLES,
    SAMPLES_AT,
    SAMPLES_SEEN,
    SCRATCH_AT,
)

MONTH, WEEK = 30 * DAY, 7 * DAY

ENOUGH = 100
"""Samples of a month without which nothing is known to be usual."""

REACH = 1.5
"""Spreads beyond the quartiles that are still usual."""

SEVEREST = 10


def least_spread(habit: int) -> float:
    """Return the spread that a habit has at least.

    One who always does the same has none, and would be far out of the usual with the first rounded lot: an entry or
    a bar more, or a tenth of the size, is no distance at all.
    """
    return 1.0 if habit in (RATE, PAUSE) else 0.1


def sample(habits: Any, habit: int, at: int, value: float) -> None:
    """Keep a sample of a habit, in the place of the oldest."""
    seen = int(habits[SAMPLES_SEEN + habit])
    place = SAMPLES_AT + 2 * (habit * SAMPLES + seen % SAMPLES)
    habits[place] = 1.0 * at
    habits[place + 1] = value
    habits[SAMPLES_SEEN + habit] = 1.0 * (seen + 1)


def refresh(habits: Any, at: int) -> None:
    """Look once a week at what is usual now."""
    if at < habits[REFRESH_AT]:
        return
    habits[REFRESH_AT] = 1.0 * (at + WEEK)
    for habit in range(HABITS):
        measure(habits, habit, at)


def measure(habits: Any, habit: int, at: int) -> None:
    """Note the range in which the samples of the last month lie, or that there are too few."""
    place = RANGES_AT + habit * RANGE_WIDTH
    habits[place] = 0.0
    kept = min(int(habits[SAMPLES_SEEN + habit]), SAMPLES)
    count = 0
    for row in range(kept):
        where = SAMPLES_AT + 2 * (habit * SAMPLES + row)
        if habits[where] > at - MONTH:
            habits[SCRATCH_AT + count] = habits[where + 1]
            count += 1
    if count < ENOUGH:
        return
    low, high = quantile(habits, SCRATCH_AT, count, 0.25), quantile(habits, SCRATCH_AT, count, 0.75)
    spread = max(high - low, least_spread(habit))
    habits[place] = 1.0
    habits[place + 1] = low - REACH * spread
    habits[place + 2] = high + REACH * spread
    habits[place + 3] = spread
    habits[place + 4] = quantile(habits, SCRATCH_AT, count, 0.5)


def quantile(row: Any, first: int, count: int, share: float) -> float:
    """Return what so large a share of a part of a row lies below, between two numbers in proportion.

    The numbers are moved on the way: what lies below comes before what lies above.

    >>> quantile([3.0, 4.0, 1.0, 2.0], 0, 4, 0.25), quantile([9.0, 5.0], 1, 1, 0.75)
    (1.75, 5.0)
    """
    exact = share * (count - 1)
    below = int(exact)
    part(row, first, first + count - 1, first + below)
    above = min(below + 1, count - 1)
    for place in range(first + above + 1, first + count):
        if row[place] < row[first + above]:
            row[first + above], row[place] = row[place], row[first + above]
    return float(row[first + below] + (exact - below) * (row[first + above] - row[first + below]))


def part(row: Any, low: int, high: int, middle: int) -> None:
    """Move a part of a row until what stands before its `middle` is no larger than that, what stands after no smaller.

    >>> numbers = [9.0, 3.0, 1.0, 3.0, 2.0]
    >>> part(numbers, 1, 4, 2); numbers
    [9.0, 1.0, 2.0, 3.0, 3.0]
    """
    while low < high:
        pivot = row[middle]
        up, down = low, high
        while up <= down:
            while row[up] < pivot:
                up += 1
            while pivot < row[down]:
                down -= 1
            if up <= down:
                row[up], row[down] = row[down], row[up]
                up += 1
                down -= 1
        if down < middle:
            low = up
        if middle < up:
            high = down


def is_known(habits: Any, habit: int) -> bool:
    """Say whether it is known what is usual."""
    return bool(habits[RANGES_AT + habit * RANGE_WIDTH] == 1.0)


def middle(habits: Any, habit: int) -> float:
    """Return the middle of what is usual."""
    return float(habits[RANGES_AT + habit * RANGE_WIDTH + 4])


def beyond(habits: Any, habit: int, value: float) -> float:
    """Return how far a value lies above what is usual, negative below it, 0 within it or where it is unknown."""
    place = RANGES_AT + habit * RANGE_WIDTH
    if habits[place] == 0.0:
        return 0.0
    if value > habits[place + 2]:
        return float(value - habits[place + 2])
    return float(value - habits[place + 1]) if value < habits[place + 1] else 0.0


def severity(habits: Any, habit: int, value: float) -> float:
    """Return how severe a value is: its distance from what is usual in spreads, rounded, 10 at most.

    Without a range there is no distance: such a sign counts for itself and no more.
    """
    distance = beyond(habits, habit, value)
    if distance == 0.0:
        return 0.0
    spreads = (distance if distance > 0.0 else -distance) / habits[RANGES_AT + habit * RANGE_WIDTH + 3]
    return 1.0 * min(SEVEREST, int(spreads + 0.5))


def forget(habits: Any) -> None:
    """Begin to learn anew what is usual."""
    habits[REFRESH_AT] = 0.0
    for habit in range(HABITS):
        habits[SAMPLES_SEEN + habit] = 0.0
        habits[RANGES_AT + habit * RANGE_WIDTH] = 0.0
