"""What makes each indicator an anomaly: comparisons of plain numbers with what is fixed and with what is usual.

Times are milliseconds. A function ends in `_odd` where it says yes or no.
"""

from math import isnan
from typing import Any

from cryptoflow.domain.calendar import DAY, HOUR, MINUTE
from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.tilt.baseline import beyond, is_known, middle
from cryptoflow.domain.tilt.records import LAST, LAST_AT, LOSSES, LOSSES_AT, LOSSES_SEEN, RATE, SIZE, TIMES, TIMES_AT

FASTER, SLOWER = 2.0, 0.2
"""Times the usual rate, above or below which it is odd."""

BURST, BURST_TIME = 5, 2 * MINUTE
SHORT, LONG, QUICKENED, SOME = 5 * MINUTE, 15 * MINUTE, 1.5, 4
"""Five minutes against fifteen; below so many orders in the longer time there is no rate to speak of."""

RECENT, GROWTH = 5, 1.2
AFTER_LOSS = 1.5
REVENGE_LOSSES, REVENGE_TIME = 3, 30 * MINUTE
HASTE, SAME_SYMBOL_HASTE = 5 * MINUTE, MINUTE
EDITS = 3
LOOSENING_TIME = DAY
UNRELATED, RELATED = 0.3, 0.7

LIVE = HOUR
LIVE_DAY = DAY
"""How long an indicator is live that an order, or one that something else, has shown."""


def rate_odd(rate: float, usual: float) -> bool:
    """Say whether orders come more than twice as often as usual, or less than a fifth (T2).

    >>> rate_odd(10.0, 5.0), rate_odd(10.1, 5.0), rate_odd(1.0, 5.0), rate_odd(0.9, 5.0)
    (False, True, False, True)
    """
    return rate > FASTER * usual or rate < SLOWER * usual


def burst_odd(in_two_minutes: int) -> bool:
    """Say whether there are too many orders by hand in two minutes (T2).

    >>> burst_odd(4), burst_odd(5)
    (False, True)
    """
    return in_two_minutes >= BURST


def quickening_odd(in_five: int, in_fifteen: int) -> bool:
    """Say whether the rate of five minutes is more than one and a half times that of fifteen (T2).

    Fewer than four orders are no rate: a single one would be three times as many per minute as its quarter of an hour.

    >>> quickening_odd(2, 4), quickening_odd(3, 4), quickening_odd(3, 3)
    (False, True, False)
    """
    return in_fifteen >= SOME and in_five * LONG > QUICKENED * (in_fifteen * SHORT)


def growth_odd(last: float, older: float) -> bool:
    """Say whether the mean of the last five sizes is above that of the older ones by more than a fifth (T3).

    >>> growth_odd(1.2, 1.0), growth_odd(1.21, 1.0)
    (False, True)
    """
    return last > GROWTH * older


def raised_after_losses_odd(last: float, before: float) -> bool:
    """Say whether two entries running, each after a loss, were one and a half times the one before or more (T3).

    >>> raised_after_losses_odd(1.5, 1.5), raised_after_losses_odd(1.5, 1.49), raised_after_losses_odd(2.0, 0.0)
    (True, False, False)
    """
    return last >= AFTER_LOSS and before >= AFTER_LOSS


def revenge_odd(losses: int, multiple: float) -> bool:
    """Say whether three losses in half an hour are followed by one and a half times the size or more (T5).

    >>> revenge_odd(3, 1.5), revenge_odd(2, 9.0), revenge_odd(3, 1.49)
    (True, False, False)
    """
    return losses >= REVENGE_LOSSES and multiple >= AFTER_LOSS


def haste_odd(after_loss: int, after_stop: int) -> bool:
    """Say whether a trade is opened less than 5 min after a loss, or 60 s after a stop of the same symbol (T5).

    >>> haste_odd(299_999, 299_999), haste_odd(300_000, 59_999), haste_odd(300_000, 60_000)
    (True, True, False)
    """
    return after_loss < HASTE or after_stop < SAME_SYMBOL_HASTE


def thrashing_odd(edits: int, raised: int, since_losing_day: int) -> bool:
    """Say whether risk settings were edited too often, or a limit raised within a day after a losing one (T7).

    >>> thrashing_odd(3, 0, 0), thrashing_odd(4, 0, DAY), thrashing_odd(1, 1, DAY), thrashing_odd(1, 1, DAY + 1)
    (False, True, True, False)
    """
    return edits > EDITS or (raised == 1 and 0 <= since_losing_day <= LOOSENING_TIME)


def override_odd(attempts: int) -> bool:
    """Say whether anybody tried to override, also in vain (T8).

    >>> override_odd(0), override_odd(1)
    (False, True)
    """
    return attempts >= 1


def decay_odd(before: float, now: float) -> bool:
    """Say whether two positions that went their own ways now go together (T11); one that is NaN says nothing.

    >>> decay_odd(0.29, 0.71), decay_odd(0.3, 0.71), decay_odd(0.29, 0.7), decay_odd(float("nan"), 0.9)
    (True, False, False, False)
    """
    if isnan(before) or isnan(now):
        return False
    return before < UNRELATED and now > RELATED


def restart_odd(locked: int, restarts: int) -> bool:
    """Say whether the process was restarted, or its spec swapped, while it was locked out (T12).

    >>> restart_odd(1, 1), restart_odd(1, 0), restart_odd(0, 1)
    (True, False, False)
    """
    return locked == 1 and restarts >= 1


def unusual_rate(habits: Any, rate: float) -> bool:
    """Say whether orders come out of their usual rhythm: beyond its range, and by the factor.

    Counts are small and jump: without the range two orders for one would be odd, without the factor a busy day.
    """
    if not is_known(habits, RATE):
        return False
    return beyond(habits, RATE, rate) != 0.0 and rate_odd(rate, middle(habits, RATE))


def entries_within(habits: Any, seen: int, since: int) -> int:
    """Return how many entries there were after a moment, of the newest that are kept."""
    found = 0
    for back in range(min(seen, TIMES)):
        if habits[TIMES_AT + (seen - 1 - back) % TIMES] > since:
            found += 1
        else:
            break
    return found


def losses_within(habits: Any, since: int) -> int:
    """Return how many losses there were from a moment on, of the newest that are kept."""
    seen, found = int(habits[LOSSES_SEEN]), 0
    for back in range(min(seen, LOSSES)):
        if habits[LOSSES_AT + (seen - 1 - back) % LOSSES] >= since:
            found += 1
        else:
            break
    return found


def sizes_grew(habits: Any, seen: int) -> bool:
    """Say whether the last five entries are larger than the older ones, in what is put in and in what is at risk.

    At least five older ones are needed.
    """
    kept = min(seen, LAST)
    if kept < 2 * RECENT:
        return False
    return column_grew(habits, seen, kept, 0) and column_grew(habits, seen, kept, 1)


def column_grew(habits: Any, seen: int, kept: int, column: int) -> bool:
    """Say whether one of the two numbers of the last entries grew."""
    last = 0.0
    older = 0.0
    for back in range(kept):
        value = habits[LAST_AT + 2 * ((seen - 1 - back) % LAST) + column]
        if back < RECENT:
            last += value
        else:
            older += value
    return growth_odd(last / RECENT, ratio(older, kept - RECENT))


def unusual_size(habits: Any, multiple: float) -> bool:
    """Say whether an entry is larger than any that is usual."""
    return beyond(habits, SIZE, multiple) > 0.0
