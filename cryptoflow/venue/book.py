"""The orders that rest around the price: a function of how many ticks there have been, so any past one can be told."""

from typing import NamedTuple

import numpy as np

from cryptoflow.noise import Integers, word, words
from cryptoflow.venue.path import Tick
from cryptoflow.venue.tape import Tape

DEPTH = 100
"""Levels a side."""

LIFE = 16
"""Ticks after which the quantity of a level has changed for certain."""

_BID, _ASK, _TOP = 0, 1, 2

Level = tuple[int, int]
"""A price and the quantity that rests there, in whole steps."""


class Book(NamedTuple):
    """Both sides after the tick `number`, the best levels first."""

    number: int
    bids: list[Level]
    asks: list[Level]


class Change(NamedTuple):
    """What has changed in a book by the ticks `first` to `last`; a level that is gone has the quantity 0."""

    first: int
    last: int
    bids: list[Level]
    asks: list[Level]


class Top(NamedTuple):
    """The best bid and the best ask after the tick `number`."""

    number: int
    bid: Level
    ask: Level


def top(tape: Tape, number: int) -> Top:
    """Return the best levels after a tick; before the first one they lie around the first price."""
    tick = tape.tick(number) if number else Tick(0, 0, int(tape.open[0]), 1, False)
    return top_after(tape, tick)


def top_after(tape: Tape, tick: Tick) -> Top:
    """Return the best levels after a tick, which has hit one of them."""
    grid = tape.grid
    bid = max(1, tick.price - grid.spread if tick.bought else tick.price)
    luck = word(tape.book_stream, tick.number * 3 + _TOP)
    sizes = 1 + (luck & 0xFFFFFFFF) % grid.usual, 1 + (luck >> 32) % grid.usual
    return Top(tick.number, (bid, sizes[0]), (bid + grid.spread, sizes[1]))


def book(tape: Tape, number: int, depth: int = DEPTH) -> Book:
    """Return the book after a tick."""
    best = top(tape, number)
    grid = tape.grid
    below = (best.bid[0] - 1) // grid.step * grid.step - np.arange(depth - 1, dtype=np.int64) * grid.step
    above = (best.ask[0] // grid.step + 1) * grid.step + np.arange(depth - 1, dtype=np.int64) * grid.step
    bids = _filled(tape, number, below[below > 0], _BID)
    return Book(number, [best.bid, *bids], [best.ask, *_filled(tape, number, above, _ASK)])


def change(before: Book, after: Book) -> Change:
    """Return what leads from one book to a later one."""
    return Change(before.number + 1, after.number, _moved(before.bids, after.bids), _moved(before.asks, after.asks))


def _moved(before: list[Level], after: list[Level]) -> list[Level]:
    then, now = dict(before), dict(after)
    gone = [(price, 0) for price in then if price not in now]
    return gone + [(price, quantity) for price, quantity in after if then.get(price) != quantity]


def _filled(tape: Tape, number: int, prices: Integers, side: int) -> list[Level]:
    """Levels at these prices: each changes its quantity once in LIFE ticks, at a tick of its own."""
    own = words(tape.book_stream, prices * 3 + side)
    age = (number + (own % np.uint64(LIFE)).astype(np.int64)) // LIFE
    luck = words(tape.book_stream ^ 0xB00C, (own >> np.uint64(1)).astype(np.int64) ^ age)
    quantity = 1 + (luck % np.uint64(tape.grid.usual * 8)).astype(np.int64)
    return list(zip(prices.tolist(), quantity.tolist(), strict=True))
