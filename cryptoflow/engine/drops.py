"""Which bars show a flash drop, and where entries pause after one: in bars that come in blocks or one by one."""

from collections.abc import Sequence
from math import nan
from typing import Any

import numpy as np

from cryptoflow.domain.calendar import LONG_AGO
from cryptoflow.domain.discipline.drops import FINE, dropped, is_fine
from cryptoflow.domain.records import Bar, Position
from cryptoflow.engine.plan import Columns, Plan

Flags = np.ndarray[Any, Any]


def is_shown(plan: Plan) -> bool:
    """Say whether the bars that fill a run's orders show a flash drop."""
    return plan.account.discipline == 1 and plan.account.detail <= FINE


def is_watched(plan: Plan) -> bool:
    """Say whether a run's bars show a flash drop, and all of those in which it matters are met in every round."""
    account = plan.account
    return account.discipline == 1 and is_fine(account.timeframe, account.detail, account.drop_pause)


class Blocks:
    """Marks the bars of a block that show a drop, and the rounds in which a symbol may not be entered."""

    def __init__(self, plan: Plan, bit: int) -> None:
        self.account, self.bit = plan.account, bit
        self.shown, self.watched = is_shown(plan), is_watched(plan)
        self.until = [0] * len(plan.symbols)
        self.close, self.closed = [nan] * len(plan.symbols), [LONG_AGO] * len(plan.symbols)

    def mark(self, flags: Flags, cut: Sequence[Columns], finer: Sequence[Columns]) -> tuple[bool, list[Flags]]:
        """Set the bit in the flags of every strategy; say whether any is set, and which bars show a drop, if any does.

        `finer` are the bars inside the block, if there are any.
        """
        if not self.shown:
            return False, []
        shown = finer or cut
        fell = [self.fallen(symbol, columns) for symbol, columns in enumerate(shown)]
        paused = self.pause(flags, cut, shown, fell) if self.watched else False
        if not any(map(len, fell)):
            return paused, []
        marks = [np.zeros(len(columns.open_at), dtype=np.uint8) for columns in shown]
        for row, places in zip(marks, fell, strict=True):
            row[places] = 1
        return paused, marks

    def fallen(self, symbol: int, bars: Columns) -> Flags:
        """Return the places of the bars that show a drop, from their open or the close before if that is near."""
        count = len(bars.open_at)
        if count == 0:
            return np.empty(0, dtype=np.int64)
        detail, share = self.account.detail, self.account.drop
        before = np.empty(count)
        before[0], before[1:] = self.close[symbol], bars.close[:-1]
        top = np.fmax(bars.open, before)
        places = np.flatnonzero(top - bars.low >= share * top)
        if len(places):
            closed = np.append(self.closed[symbol], bars.open_at[:-1] + detail)[places]
            near = bars.open_at[places] - closed <= FINE
            top = np.where(near, top[places], bars.open[places])
            places = places[top - bars.low[places] >= share * top]
        self.close[symbol], self.closed[symbol] = float(bars.close[-1]), int(bars.open_at[-1]) + detail
        return places

    def pause(self, flags: Flags, cut: Sequence[Columns], shown: Sequence[Columns], fell: Sequence[Flags]) -> bool:
        """Set the bit in the rounds after a drop, and say whether any is set."""
        account, found = self.account, False
        for symbol, columns in enumerate(cut):
            ends = (shown[symbol].open_at[fell[symbol]] + (account.detail + account.drop_pause)).tolist()
            closes = columns.open_at + account.timeframe if ends or self.until[symbol] else None
            for end in [self.until[symbol], *ends]:
                if closes is not None:
                    first, last = np.searchsorted(closes, [end - account.drop_pause, end])
                    flags[symbol :: len(cut), first:last] |= self.bit
                    found = found or last > first
            self.until[symbol] = ends[-1] if ends else self.until[symbol]
        return found


class Rounds:
    """Marks bars that show a drop as they come, and tells positions whether their symbol may be entered."""

    def __init__(self, plan: Plan, positions: Sequence[Position]) -> None:
        self.account, self.positions, self.watched = plan.account, positions, is_watched(plan)
        self.until = [0] * len(positions)
        self.close, self.closed = [nan] * len(positions), [LONG_AGO] * len(positions)

    def judge(self, bars: Sequence[Bar]) -> None:
        """Mark those of the next bars that show a drop, from their open or the close before if that is near."""
        detail, share = self.account.detail, self.account.drop
        for symbol, bar in enumerate(bars):
            if bar.here:
                before = self.close[symbol] if bar.open_at - self.closed[symbol] <= FINE else nan
                bar.fell = 1 if dropped(bar, share, before) else 0
                self.close[symbol], self.closed[symbol] = bar.close, bar.open_at + detail

    def mark(self, at: int, details: Sequence[Sequence[Bar]]) -> None:
        """Note what the bars that were met inside the round that opens at `at` have shown."""
        if not self.watched:
            return
        account, until = self.account, self.until
        for moment in details:
            for symbol, bar in enumerate(moment):
                if bar.here and bar.fell == 1:
                    until[symbol] = bar.open_at + account.detail + account.drop_pause
        closes = at + account.timeframe
        for position, end in zip(self.positions, until, strict=True):
            position.paused = 1 if closes < end else 0
