"""What happens inside a bar: ticks that add up to it, to the last digit."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cryptoflow.noise import Integers, uniform, word, words

Flags = npt.NDArray[np.bool_]

WANDER = 0.3
"""How far a tick strays from the straight way between two of a bar's prices, as a share of its range."""

_AT, _LOTS, _STRAY, _SIDE = (lane << 40 for lane in range(4))
"""Each kind of number is drawn from indices of its own."""


class Bar(NamedTuple):
    """A bar in whole steps of price and quantity."""

    open_at: int
    length: int
    open: int
    high: int
    low: int
    close: int
    volume: int


class Tick(NamedTuple):
    """The market traded; `bought` when the one who came bought. `number` rises by one with each."""

    number: int
    at: int
    price: int
    quantity: int
    bought: bool


class Path(NamedTuple):
    """The ticks of a bar, as columns."""

    at: Integers
    price: Integers
    quantity: Integers
    bought: Flags

    def ticks(self, number: int, first: int, last: int) -> list[Tick]:
        """Return those from place `first` up to, not including, `last`; the one at place 0 has the `number`."""
        columns = (column[first:last].tolist() for column in self)
        return list(map(Tick, range(number + first, number + len(self.at)), *columns))


def high_first(stream: int, open_at: Integers) -> Integers:
    """Say of each bar whether it reaches its high before its low."""
    return (words(stream, open_at) & np.uint64(1)).astype(np.int64)


def turns(bar: Bar, *, up_first: bool) -> list[int]:
    """Return the prices a bar has to touch in their order, none twice in a row.

    >>> turns(Bar(0, 60_000, 5, 9, 5, 7, 100), up_first=False)
    [5, 9, 7]
    """
    way = (bar.open, bar.high, bar.low, bar.close) if up_first else (bar.open, bar.low, bar.high, bar.close)
    return [price for place, price in enumerate(way) if place == 0 or price != way[place - 1]]


def path(bar: Bar, count: int, stream: int) -> Path:
    """Return `count` ticks within a bar whose first, highest, lowest, last price and whole quantity are the bar's.

    `count` is at least the number of its turns and at most its volume.
    """
    own = word(stream, bar.open_at)
    index = np.arange(count, dtype=np.int64)
    at = bar.open_at + ((index + uniform(own, index + _AT)) * (bar.length / count)).astype(np.int64)
    price = _prices(bar, count, own, up_first=bool(own & 1))
    moved = np.diff(price, prepend=price[:1])
    luck = (words(own, index + _SIDE) & np.uint64(1)).astype(np.bool_)
    bought = np.where(moved == 0, luck, moved > 0)
    return Path(np.minimum(at, bar.open_at + bar.length - 1), price, _lots(bar.volume, count, own), bought)


def _prices(bar: Bar, count: int, own: int, *, up_first: bool) -> Integers:
    way = turns(bar, up_first=up_first)
    places = _places(len(way), count, own)
    index = np.arange(count, dtype=np.int64)
    stray = (uniform(own, index + _STRAY) - 0.5) * (WANDER * (bar.high - bar.low))
    stray[places] = 0.0
    straight = np.interp(index, places, np.array(way, np.float64))
    return np.clip(np.rint(straight + stray).astype(np.int64), bar.low, bar.high)


def _places(turns: int, count: int, own: int) -> list[int]:
    """Which tick each turn is: the first and the last, and others in between where luck has them."""
    if turns == 1:
        return [0]
    places = [0]
    for left in range(turns - 2, 0, -1):
        first = places[-1] + 1
        places.append(first + word(own, left - 8) % (count - 1 - left - first + 1))
    return [*places, count - 1]


def _lots(volume: int, count: int, own: int) -> Integers:
    """Parts of a volume of at least one lot each; the last takes what rounding left over."""
    weight = (words(own, np.arange(count, dtype=np.int64) + _LOTS) >> np.uint64(40)).astype(np.int64) + 2**21
    lots = 1 + (weight * ((volume - count) / int(weight.sum()))).astype(np.int64)
    lots[-1] += volume - int(lots.sum())
    return lots
