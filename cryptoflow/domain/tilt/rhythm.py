"""What a strategy does, held against its own rhythm: entries and closed trades as the indicators of tilt see them.

A strategy decides at the close of a bar and cannot be hasty within one, so times that are fixed for hands (five orders
in two minutes, a trade within five minutes of a loss) do not count for it. What counts are its own habits, in bars, and
sizes that grow, most of all after losses. A size has grown where both what is put in and what is lost at the stop have:
a sizer that buys more because its stop is nearer risks no more than before.
"""

from math import isnan
from typing import Any

from cryptoflow.domain.calendar import HOUR
from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import Pair
from cryptoflow.domain.tilt.baseline import beyond, refresh, sample, severity
from cryptoflow.domain.tilt.indicators import (
    LIVE,
    REVENGE_TIME,
    entries_within,
    losses_within,
    raised_after_losses_odd,
    revenge_odd,
    sizes_grew,
    unusual_rate,
    unusual_size,
)
from cryptoflow.domain.tilt.records import (
    ENTRIES_SEEN,
    GROWN_SEEN,
    LAST,
    LAST_AT,
    LOSSES,
    LOSSES_AT,
    LOSSES_SEEN,
    PAUSE,
    RATE,
    SIZE,
    TIMES,
    TIMES_AT,
    Tilt,
)
from cryptoflow.domain.tilt.signs import show
from cryptoflow.domain.tilt.table import T2, T3, T5

BARS = 24
"""The bars in which entries are counted, where they take longer than an hour."""

WEIGHT = 0.1
"""How much of the usual size an entry is, once ten have been seen."""


def enter(
    tilt: Tilt, signs: Any, habits: Any, pair: Pair, wanted: float, risk: float, after: int, timeframe: int, at: int
) -> None:
    """Look at an entry: how many there were lately, how large it is, and what came before it.

    `wanted` is what it would like to be, `risk` what is lost of it at its stop, NaN without one; `after` is 1 where it
    opens a position, 0 where it adds to one.
    """
    refresh(habits, at)
    live = at + max(LIVE, timeframe)
    rate = count_entry(habits, at, at - max(HOUR, BARS * timeframe))
    if unusual_rate(habits, rate):
        show(tilt, signs, T2, at, live, severity(habits, RATE, rate))
    size, stake = by_usual(wanted, pair.usual), by_usual(risk, pair.usual_risk)
    keep_size(habits, size, size if isnan(stake) else stake)
    multiple = smaller(size, stake)
    factor = by_last(pair, wanted, risk) if after == 1 and pair.lost == 1 else 0.0
    grown = sizes_grew(habits, int(habits[GROWN_SEEN])) or raised_after_losses_odd(factor, pair.raised)
    if grown or unusual_size(habits, multiple):
        show(tilt, signs, T3, at, live, severity(habits, SIZE, multiple))
    if revenge_odd(losses_within(habits, at - max(REVENGE_TIME, timeframe)), multiple):
        show(tilt, signs, T5, at, live, severity(habits, SIZE, multiple))
    if after == 1 and pair.lost == 1:
        pause = ratio(at - pair.lost_at, timeframe)
        if beyond(habits, PAUSE, pause) < 0.0:
            show(tilt, signs, T5, at, live, severity(habits, PAUSE, pause))
        sample(habits, PAUSE, at, pause)
    sample(habits, RATE, at, rate)
    sample(habits, SIZE, at, multiple)
    if after == 1:
        pair.raised = factor
        pair.lost = 0
    remember(pair, wanted, risk)


def leave(habits: Any, pair: Pair, profit: float, at: int) -> None:
    """Note how a trade ended."""
    pair.lost = 0
    if profit < 0.0:
        pair.lost = 1
        pair.lost_at = at
        lose(habits, at)


def lose(habits: Any, at: int) -> None:
    """Note when there was a loss."""
    seen = int(habits[LOSSES_SEEN])
    habits[LOSSES_AT + seen % LOSSES] = 1.0 * at
    habits[LOSSES_SEEN] = 1.0 * (seen + 1)


def count_entry(habits: Any, at: int, since: int) -> float:
    """Note an entry, and return how many there were after a moment, with this one."""
    seen = int(habits[ENTRIES_SEEN])
    habits[TIMES_AT + seen % TIMES] = 1.0 * at
    habits[ENTRIES_SEEN] = 1.0 * (seen + 1)
    return 1.0 * entries_within(habits, seen + 1, since)


def keep_size(habits: Any, size: float, stake: float) -> None:
    """Keep how large an entry was, and how much of it was at stake, by what was usual."""
    seen = int(habits[GROWN_SEEN])
    habits[LAST_AT + 2 * (seen % LAST)] = size
    habits[LAST_AT + 2 * (seen % LAST) + 1] = stake
    habits[GROWN_SEEN] = 1.0 * (seen + 1)


def smaller(size: float, stake: float) -> float:
    """Return the smaller of two ratios, of which the second may be missing.

    >>> smaller(2.0, 1.5), smaller(2.0, float("nan"))
    (1.5, 2.0)
    """
    return stake if stake < size else size


def by_usual(value: float, usual: float) -> float:
    """Return how many times what is usual of its strategy and symbol a value is; the first is as large as usual.

    >>> by_usual(3.0, 2.0), by_usual(3.0, 0.0), by_usual(float("nan"), 2.0)
    (1.5, 1.0, nan)
    """
    return 1.0 if usual == 0.0 and not isnan(value) else ratio(value, usual)


def by_last(pair: Pair, wanted: float, risk: float) -> float:
    """Return how many times the one before an entry is."""
    return smaller(ratio(wanted, pair.size), ratio(risk, pair.risk))


def remember(pair: Pair, wanted: float, risk: float) -> None:
    """Note an entry's size as the last one, and let what is usual follow.

    >>> pair = Pair()
    >>> remember(pair, 100.0, 2.0); remember(pair, 200.0, float("nan")); pair.usual, pair.usual_risk, pair.size
    (150.0, 2.0, 200.0)
    """
    pair.entries += 1
    weight = max(WEIGHT, ratio(1.0, pair.entries))
    pair.size = wanted
    pair.risk = 0.0 if isnan(risk) else risk
    pair.usual += weight * (wanted - pair.usual)
    if not isnan(risk):
        pair.usual_risk += weight * (risk - pair.usual_risk)
