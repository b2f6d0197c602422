"""Moments and timeframes in words, and the grid on which bars open."""

from datetime import UTC, datetime

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

FIRST, LAST = -62_135_596_800_000, 253_402_300_799_999
"""The first and the last millisecond that a calendar of the years 1 to 9999 has."""

_UNITS = (("w", WEEK), ("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND))


def moment(at: int) -> str:
    """Return a moment as people read it; seconds are shown only where there are any.

    One that no calendar has is told as the count it is.

    >>> moment(1_672_588_800_000), moment(-62_135_596_800_001)
    ('2023-01-01 16:00 UTC', '-62135596800001 ms from 1970')
    """
    if not FIRST <= at <= LAST:
        return f"{at} ms from 1970"
    whole, rest = divmod(at, SECOND)
    text = datetime.fromtimestamp(whole, UTC)
    if rest:
        return f"{text:%Y-%m-%d %H:%M:%S}.{rest:03d} UTC"
    return f"{text:%Y-%m-%d %H:%M:%S} UTC" if text.second else f"{text:%Y-%m-%d %H:%M} UTC"


def timeframe_name(timeframe: int) -> str:
    """Return the name venues have for a timeframe of so many milliseconds.

    >>> timeframe_name(14_400_000), timeframe_name(90_000), timeframe_name(250)
    ('4h', '90s', '250ms')
    """
    for unit, size in _UNITS:
        if timeframe >= size and timeframe % size == 0:
            return f"{timeframe // size}{unit}"
    return f"{timeframe}ms"


def grid_offset(timeframe: int) -> int:
    """Return how far after the epoch the grid of a timeframe begins: weeks open on a Monday.

    >>> moment(grid_offset(WEEK)), grid_offset(HOUR)
    ('1970-01-05 00:00 UTC', 0)
    """
    return 4 * DAY if timeframe % WEEK == 0 else 0
