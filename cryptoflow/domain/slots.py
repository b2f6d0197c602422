"""The orders that a symbol has open: where there is room for one, how it is opened, and whose they are."""

from cryptoflow.domain.codes import BUY, SLOTS, OrderType
from cryptoflow.domain.records import Order, State, Tables


def free_slot(state: State, symbol: int) -> Order:
    """Return the symbol's first free slot, or its last one, which callers keep free by counting."""
    for slot in range(symbol * SLOTS, symbol * SLOTS + SLOTS - 1):
        if state.orders[slot].type == OrderType.NONE:
            return state.orders[slot]
    return state.orders[symbol * SLOTS + SLOTS - 1]


def place(state: State, at: int, symbol: int, order: Order, tables: Tables) -> None:
    """Number the order and open it: it may fill from the first bar that opens at or after `at` plus the delay."""
    wallet = state.wallet
    wallet.number += 1
    wallet.orders_today += 1
    wallet.orders_now += 1
    wallet.open_orders += 1
    order.number = wallet.number
    order.ready_at = at + tables.account.delay
    order.triggered = 0
    order.seen = 0
    order.filled = 0
    state.positions[symbol].open_orders += 1
    if order.side == BUY:
        wallet.pending += 1
        wallet.reserved += order.reserved


def owner_of(state: State, symbol: int) -> int:
    """Return the strategy that holds the symbol or has an order open in it, or -1."""
    position = state.positions[symbol]
    if position.lots > 0.0:
        return position.strategy
    if position.open_orders > 0:
        for slot in range(symbol * SLOTS, symbol * SLOTS + SLOTS):
            if state.orders[slot].type != OrderType.NONE:
                return state.orders[slot].strategy
    return -1
