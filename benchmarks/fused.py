"""Plain fused loops: what the fastest hand-written passes over the same bars take, as the yardsticks."""

from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, Any]

FEE = 0.001
PLACES = 5
SHARE = 0.2


@njit(cache=False, error_model="numpy")
def fused(open_: Array, close: Array, first: int, equity: Array) -> int:
    """Run the cross of EMA 12 and 26, all in, at the next open, with fees; return the closed trades."""
    quick = calm = close[0]
    cash, held = 1.0, 0.0
    trades = 0
    was_above = enter = leave = False
    for row in range(len(close)):
        if enter:
            held = cash / (open_[row] * (1 + FEE))
            cash = 0.0
            enter = False
        elif leave:
            cash = held * open_[row] * (1 - FEE)
            held = 0.0
            trades += 1
            leave = False
        if row > 0:
            quick = quick + (close[row] - quick) * (2 / 13)
            calm = calm + (close[row] - calm) * (2 / 27)
        above = quick > calm
        if row >= first:
            enter = held == 0.0 and above and not was_above
            leave = held > 0.0 and not above
        was_above = above
        equity[row] = cash + held * close[row]
    return trades


@njit(cache=False, error_model="numpy")
def fused_wallet(opens: Array, closes: Array, first: int, equity: Array) -> int:
    """Run the cross on many symbols (a column each) with one wallet; return the closed trades.

    At most five are open or on their way, with a fifth of equity each. What is bought is fixed at the close that
    decides, in symbol order, and its money set aside; at the next open exits free their places and money first.
    """
    rows, symbols = closes.shape
    quick, calm = closes[0].copy(), closes[0].copy()
    held, wanted = np.zeros(symbols), np.zeros(symbols)
    was_above, leaves = np.zeros(symbols, np.bool_), np.zeros(symbols, np.bool_)
    enters = np.zeros(symbols, np.int64)
    cash, reserved = 1.0, 0.0
    positions = pending = leaving = trades = 0
    for row in range(rows):
        if leaving > 0:
            for symbol in range(symbols):
                if leaves[symbol]:
                    cash += held[symbol] * opens[row, symbol] * (1 - FEE)
                    held[symbol] = 0.0
                    leaves[symbol] = False
                    positions -= 1
                    trades += 1
            leaving = 0
        if pending > 0:
            for symbol in range(symbols):
                if wanted[symbol] > 0.0:
                    reserved -= wanted[symbol] * closes[row - 1, symbol] * (1 + FEE)
                    price = opens[row, symbol] * (1 + FEE)
                    held[symbol] = min(wanted[symbol], (cash - reserved) / price)
                    cash -= held[symbol] * price
                    wanted[symbol] = 0.0
                    positions += 1
            pending, reserved = 0, 0.0
        worth = cash
        crossed = 0
        for symbol in range(symbols):
            close = closes[row, symbol]
            quick[symbol] += (close - quick[symbol]) * (2 / 13)
            calm[symbol] += (close - calm[symbol]) * (2 / 27)
            above = quick[symbol] > calm[symbol]
            worth += held[symbol] * close
            if above != was_above[symbol]:
                was_above[symbol] = above
                if row >= first and above:
                    enters[crossed] = symbol
                    crossed += 1
                elif row >= first and held[symbol] > 0.0:
                    leaves[symbol] = True
                    leaving += 1
        for symbol in enters[:crossed]:
            notional = min(SHARE * worth, (cash - reserved) / (1 + FEE))
            if positions + pending < PLACES and notional > 0.0:
                wanted[symbol] = notional / closes[row, symbol]
                reserved += notional * (1 + FEE)
                pending += 1
        equity[row] = worth
    return trades
