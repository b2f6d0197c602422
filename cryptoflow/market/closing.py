"""Which bars have closed by the clock alone, when nobody says so."""

from cryptoflow.market.times import grid_offset

SETTLED = 3_000
"""Milliseconds after its end that a bar stands in a venue's answers as it stays; its last ticks come in late."""


def closed(now: int, timeframe: int) -> int:
    """Return the moment up to which bars have closed and stand as they stay.

    >>> closed(122_999, 60_000), closed(123_000, 60_000)
    (60000, 120000)
    """
    offset = grid_offset(timeframe)
    return (now - SETTLED - offset) // timeframe * timeframe + offset
