"""Bars of a higher timeframe, built from base bars as they close."""

from dataclasses import dataclass
from math import nan

from cryptoflow.domain.language import period_number


@dataclass(slots=True)
class Growing:
    """A bar of a higher timeframe that is not closed yet; `bars` is 0 when there is none."""

    bars: int = 0
    open_at: int = 0
    open: float = nan
    high: float = nan
    low: float = nan
    close: float = nan
    volume: float = 0.0


def belongs(growing: Growing, open_at: int, duration: int) -> bool:
    """Say whether a base bar opens within the span of the growing one."""
    return growing.bars > 0 and period_number(open_at, duration) == period_number(growing.open_at, duration)


def take(growing: Growing, open_at: int, open_: float, high: float, low: float, close: float, volume: float) -> None:
    """Let the growing bar take a base bar in; the first one begins it."""
    if growing.bars == 0:
        growing.open_at = open_at
        growing.open = open_
        growing.high = high
        growing.low = low
        growing.volume = 0.0
    growing.bars += 1
    if high > growing.high:
        growing.high = high
    if low < growing.low:
        growing.low = low
    growing.close = close
    growing.volume += volume


def is_full(close_at: int, duration: int) -> bool:
    """Say whether a base bar that closes at `close_at` is the last of its span.

    >>> is_full(3_600_000, 3_600_000), is_full(3_300_000, 3_600_000)
    (True, False)
    """
    return period_number(close_at, duration) != period_number(close_at - 1, duration)
