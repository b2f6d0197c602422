"""Where entries pause after a flash drop, found in bars that come in blocks or one by one."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cryptoflow.domain.discipline.drops import dropped, is_fine
from cryptoflow.domain.records import Bar, Position
from cryptoflow.engine.plan import Columns, Plan


def is_watched(plan: Plan) -> bool:
    """Say whether a run's bars show a flash drop, and all of those in which it matters are met in every round."""
    account = plan.account
    return account.discipline == 1 and is_fine(account.timeframe, account.detail, account.drop_pause)


class Blocks:
    """Marks the rounds of a block in which a symbol may not be entered."""

    def __init__(self, plan: Plan, bit: int) -> None:
        self.account, self.bit, self.watched = plan.account, bit, is_watched(plan)
        self.until = [0] * len(plan.symbols)

    def mark(self, flags: np.ndarray[Any, Any], cut: Sequence[Columns], finer: Sequence[Columns]) -> bool:
        """Set the bit in the flags of every strategy, and say whether any is set.

        `finer` are the bars inside the block, if there are any.
        """
        found = False
        if not self.watched:
            return found
        account = self.account
        for symbol, columns in enumerate(cut):
            shown = finer[symbol] if finer else columns
            fell = np.flatnonzero(shown.open - shown.low >= account.drop * shown.open)
            ends = (shown.open_at[fell] + (account.detail + account.drop_pause)).tolist()
            closes = columns.open_at + account.timeframe if ends or self.until[symbol] else None
            for end in [self.until[symbol], *ends]:
                if closes is not None:
                    first, last = np.searchsorted(closes, [end - account.drop_pause, end])
                    flags[symbol :: len(cut), first:last] |= self.bit
                    found = found or last > first
            self.until[symbol] = ends[-1] if ends else self.until[symbol]
        return found


class Rounds:
    """Tells positions round by round whether their symbol may be entered."""

    def __init__(self, plan: Plan, positions: Sequence[Position]) -> None:
        self.account, self.positions = plan.account, positions
        self.until = [0] * len(positions)

    def mark(self, at: int, details: Sequence[Sequence[Bar]]) -> None:
        """Look at all bars that were met inside the round that opens at `at`."""
        account, until = self.account, self.until
        for moment in details:
            for symbol, bar in enumerate(moment):
                if bar.here and dropped(bar, account.drop):
                    until[symbol] = bar.open_at + account.detail + account.drop_pause
        closes = at + account.timeframe
        for position, end in zip(self.positions, until, strict=True):
            position.paused = 1 if closes < end else 0
