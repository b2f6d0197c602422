"""The daily returns of every symbol as the decision reads them, from bars that come in blocks or one by one."""

from collections.abc import Sequence
from math import nan
from typing import Any

import numpy as np

from cryptoflow.domain.calendar import DAY, day_of
from cryptoflow.domain.discipline.likeness import KEPT
from cryptoflow.domain.numbers import log_of, ratio
from cryptoflow.domain.records import Bar
from cryptoflow.engine.plan import Columns, Plan

Table = Any
"""A row per symbol: lists in the event driver, an array in the other."""


def is_wanted(plan: Plan) -> bool:
    """Say whether a run compares its symbols."""
    return plan.account.discipline == 1 and len(plan.symbols) > 1


def empty(plan: Plan, rounds: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the table of a run whose rounds are all known, with a place for each day and for those before."""
    known = is_wanted(plan) and len(rounds) > 0
    days = day_of(int(rounds[-1]) + plan.account.timeframe) - day_of(int(rounds[0])) + 1 if known else 0
    return np.full((len(plan.symbols), days + KEPT), nan)


class Blocks:
    """Fills a run's table from blocks of bars, each before the rounds that it belongs to."""

    def __init__(self, plan: Plan, table: np.ndarray[Any, np.dtype[np.float64]]) -> None:
        self.table, self.timeframe, self.wanted = table, plan.account.timeframe, is_wanted(plan)
        self.before: list[tuple[int, float]] = [(0, nan)] * len(plan.symbols)
        self.last: list[tuple[int, float]] = [(0, nan)] * len(plan.symbols)

    def add(self, cut: Sequence[Columns]) -> None:
        """Note the closes of a block; the day that it ends within is written again with the next one."""
        if not self.wanted:
            return
        for symbol, columns in enumerate(cut):
            days = (columns.open_at + (self.timeframe - 1)) // DAY
            for end in np.flatnonzero(np.append(days[1:] != days[:-1], len(days) > 0)):
                self.close(symbol, int(days[end]), float(columns.close[end]))

    def close(self, symbol: int, day: int, close: float) -> None:
        """Write the return of a day that has closed at a price, as far as is known."""
        if day != self.last[symbol][0]:
            self.before[symbol] = self.last[symbol]
        self.last[symbol] = (day, close)
        earlier, base = self.before[symbol]
        self.table[symbol, day % self.table.shape[1]] = daily(close, base) if earlier == day - 1 else nan


class Rounds:
    """Fills a table of the last days from bars that come round by round."""

    def __init__(self, plan: Plan) -> None:
        self.table: list[list[float]] = [[nan] * KEPT for _ in plan.symbols]
        self.timeframe, self.today = plan.account.timeframe, -1
        self.base = [nan] * len(plan.symbols)
        self.last = [nan] * len(plan.symbols)

    def add(self, at: int, bars: Sequence[Bar]) -> None:
        """Note the closes of the round that opens at `at`; a day is complete with the round that closes at its end."""
        day = day_of(at + self.timeframe - 1)
        if day != self.today:
            self.end(self.today, day)
        last = self.last
        for symbol, bar in enumerate(bars):
            if bar.here:
                last[symbol] = bar.close
        if day_of(at + self.timeframe) != day:
            self.end(day, day + 1)

    def end(self, ended: int, day: int) -> None:
        """Write the returns of the day that has ended, none for those without a bar up to `day`, and begin that one."""
        self.today = day
        if ended < 0:
            return
        for symbol, row in enumerate(self.table):
            row[ended % KEPT] = daily(self.last[symbol], self.base[symbol])
            for between in range(ended + 1, min(day, ended + KEPT)):
                row[between % KEPT] = nan
        self.base = self.last if day == ended + 1 else [nan] * len(self.last)
        self.last = [nan] * len(self.last)


def daily(close: float, before: float) -> float:
    """Return what a day's close is to the one before, as a logarithm.

    >>> daily(100.0, 100.0), daily(100.0, float("nan"))
    (0.0, nan)
    """
    return log_of(ratio(close, before))
