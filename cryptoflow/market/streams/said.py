"""What a venue says, decoded, before anyone has asked whether it comes in order, twice, or after a hole."""

from collections.abc import Sequence
from typing import NamedTuple

from cryptoflow.domain.ticks import Closed, Tick, Top

Levels = Sequence[tuple[float, float]]
"""Prices and the quantities now wanted there; a quantity of 0 takes the price away."""


class Named(NamedTuple):
    """A tick of a venue that gives its ticks names instead of numbers."""

    name: str
    tick: Tick


class Forming(NamedTuple):
    """The bar that opened at `open_at` is under way, so those before it have closed."""

    open_at: int


class Unsure(NamedTuple):
    """A bar of an answer that may have been under way when the answer was made."""

    bar: Closed


class Changes(NamedTuple):
    """The book has changed, by the venue's numbers `first` to `last`."""

    first: int
    last: int
    at: int
    bids: Levels
    asks: Levels
    heard_at: int


class Snapshot(NamedTuple):
    """The whole book as it was after the change `last`."""

    last: int
    at: int
    bids: Levels
    asks: Levels
    heard_at: int


Item = Tick | Closed | Top | Named | Forming | Unsure | Changes | Snapshot
"""What a stream may say."""


class Page(NamedTuple):
    """What a venue answers when asked for what came after a number: the oldest first; `newest` when that was all."""

    items: Sequence[Item]
    newest: bool


def sure(bars: Sequence[Closed], told: int) -> list[Item]:
    """Return the bars of an answer: one has closed when there is a later one, or by what the venue's clock has told.

    >>> bars = [Closed("BTC/USDT", 60_000, open_at, 1.0, 1.0, 1.0, 1.0, 1.0, 0) for open_at in (0, 60_000)]
    >>> [type(bar).__name__ for bar in sure(bars, told=119_999)], [type(bar).__name__ for bar in sure(bars, 120_000)]
    (['Closed', 'Unsure'], ['Closed', 'Closed'])
    """
    found: list[Item] = [*bars]
    if bars and bars[-1].open_at + bars[-1].timeframe > told:
        found[-1] = Unsure(bars[-1])
    return found
