"""History as a feed: the bars of all symbols round by round, read a stretch at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from cryptoflow.domain.records import Bar
from cryptoflow.engine.openings import openings
from cryptoflow.engine.plan import Columns, Series

STRETCH = 4_096
"""Rounds whose bars are plain numbers at one time."""

Moments = np.ndarray[Any, np.dtype[np.int64]]
Round = tuple[int, list[Bar]]
Inside = Callable[[int, Sequence[Bar]], list[list[Bar]]]
Judge = Callable[[Sequence[Bar]], None]
END = (-1,)


def rounds(market: Sequence[Series]) -> Iterator[Round]:
    """Yield each round's open and a bar per symbol; where a symbol has none its bar is not `here`.

    The bars are the same objects in every round: what wants to keep one copies it.
    """
    for stretch in stretches(market, openings(market)):
        yield from stretch


def inside(finer: Sequence[Series], duration: int, judge: Judge | None = None) -> Inside:
    """Return what finds the finer bars inside a round, those that open together in one row; it is asked in order.

    A bar that has none inside is met whole, in the first row. Who is to `judge` them is shown all, in order.
    """
    coming = judged(rounds(finer), judge) if finer else iter(())
    waiting: list[Round] = []

    def within(at: int, bars: Sequence[Bar]) -> list[list[Bar]]:
        return with_bare(finer_ones(at), at, bars, duration)

    def finer_ones(at: int) -> list[list[Bar]]:
        found: list[list[Bar]] = []
        while True:
            if not waiting:
                waiting.extend((open_at, [replace(bar) for bar in bars]) for open_at, bars in islice(coming, 1))
            if not waiting or waiting[0][0] >= at + duration:
                return found
            open_at, bars = waiting.pop()
            if open_at >= at:
                found.append(bars)

    return within


def judged(coming: Iterator[Round], judge: Judge | None) -> Iterator[Round]:
    """Yield rounds once somebody has looked at their bars."""
    for at, bars in coming:
        if judge is not None:
            judge(bars)
        yield at, bars


def with_bare(found: list[list[Bar]], at: int, bars: Sequence[Bar], duration: int) -> list[list[Bar]]:
    """Return rows of finer bars with those bars that have none inside, each whole, in the row that opens at `at`."""
    alone = [symbol for symbol, bar in enumerate(bars) if bar.here and not any(row[symbol].here for row in found)]
    if not alone:
        return found
    opened = {bar.open_at for bar in found[0] if bar.here} if found else set()
    rows = found if opened == {at} else [[Bar() for _ in bars], *found]
    for symbol in alone:
        rows[0][symbol] = replace(bars[symbol], length=duration)
    return rows


def stretches(market: Sequence[Series], times: Moments) -> Iterator[Iterator[Round]]:
    """Yield the rounds a stretch at a time; each has to be read to its end before the next one."""
    bars = [Bar() for _ in market]
    for first in range(0, len(times), STRETCH):
        part = times[first : first + STRETCH]
        yield stretch(bars, part.tolist(), [cut(columns, part) for columns in market])


def cut(columns: Series, times: Moments) -> Columns:
    """Return the bars that open within some rounds."""
    first, last = np.searchsorted(columns.open_at, (times[0], times[-1] + 1))
    return columns.cut(int(first), int(last))


def stretch(bars: list[Bar], times: list[int], market: Sequence[Columns]) -> Iterator[Round]:
    """Yield the rounds of one stretch, each bar of which belongs to one of its `times`."""
    coming = [zip(*(column.tolist() for column in columns), strict=True) for columns in market]
    nearest: list[Any] = [next(rows, END) for rows in coming]
    for at in times:
        for symbol, bar in enumerate(bars):
            row = nearest[symbol]
            if row[0] == at:
                bar.here = 1
                bar.open_at, bar.open, bar.high, bar.low, bar.close, bar.volume = row
                nearest[symbol] = next(coming[symbol], END)
            else:
                bar.here = 0
        yield at, bars
