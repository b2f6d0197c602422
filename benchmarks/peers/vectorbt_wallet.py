"""vectorbt with twenty symbols on one wallet: at most five open, a fifth of equity each, by functions of our own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import vectorbt as vbt
from numba import njit
from vectorbt.portfolio.enums import Direction, NoOrder
from vectorbt.portfolio.nb import order_nb

from benchmarks.peers.bars import Array, read
from benchmarks.peers.timed import End
from benchmarks.peers.vectorbt_ import FEE, signals

PLACES = 5
SHARE = 0.2
CASH = 1e12
"""So much that what fees leave of it is not taken for nothing."""


@njit
def at_last_close(context: Any, leaves: Array, closes: Array) -> tuple[Array]:
    """Let the symbols that leave go first; return the places, the equity and the cash there were at the last close."""
    at = opened = 0
    for wanted in (True, False):
        for column in range(context.from_col, context.to_col):
            held = context.last_position[column] > 0
            if (leaves[context.i, column] and held) == wanted:
                context.call_seq_now[at] = column - context.from_col
                at += 1
            if held and wanted:
                opened += 1
    equity = cash = context.last_cash[context.group]
    for column in range(context.from_col, context.to_col):
        if context.last_position[column] > 0:
            equity += context.last_position[column] * closes[context.i - 1, column]
    return (np.array([PLACES - opened, equity, cash]),)


@njit
def order_for(context: Any, account: Array, enters: Array, leaves: Array, opens: Array, closes: Array) -> Any:
    """Return a symbol's order on the bar at whose open it fills, as it was decided at the last close."""
    price = opens[context.i, context.col]
    if context.position_now > 0:
        if leaves[context.i, context.col]:
            return order_nb(-context.position_now, price, fees=FEE, direction=Direction.LongOnly)
        return NoOrder
    places, equity, cash = account
    notional = min(SHARE * equity, cash / (1 + FEE))
    if enters[context.i, context.col] and places > 0 and notional > 0:
        account[0] -= 1
        account[2] -= notional * (1 + FEE)
        return order_nb(notional / closes[context.i - 1, context.col], price, fees=FEE, direction=Direction.LongOnly)
    return NoOrder


def numba(folder: Path, _work: str) -> Callable[[], End]:
    """Return a call that runs the work once."""
    symbols = read(folder)
    closes, opens = (np.column_stack([getattr(one, name) for one in symbols]) for name in ("close", "open"))

    def run() -> End:
        enters, leaves = (np.column_stack(both) for both in zip(*map(signals, closes.T), strict=True))
        portfolio = vbt.Portfolio.from_order_func(
            closes,
            order_for,
            enters,
            leaves,
            opens,
            closes,
            pre_segment_func_nb=at_last_close,
            pre_segment_args=(leaves, closes),
            call_seq="default",
            init_cash=CASH,
            cash_sharing=True,
            group_by=True,
            freq="1min",
        )
        value = portfolio.value()
        return End(int(portfolio.trades.closed.count()), float(value.iloc[-1]) / CASH)

    return run
