"""How positions are left: resting entries are taken back, and what is held is put up for sale."""

from math import nan

from cryptoflow.domain.codes import SELL, SLOTS, Leg, OrderType, Topic
from cryptoflow.domain.ledger import cancel, order_line
from cryptoflow.domain.records import Order, State, Tables
from cryptoflow.domain.slots import free_slot, place


def cancel_entries(state: State, at: int, symbol: int, strategy: int, reason: int) -> int:
    """Take back the strategy's open entries and adds of a symbol; return the slot of an exit on its way, or -1."""
    exiting = -1
    for slot in range(symbol * SLOTS, symbol * SLOTS + SLOTS):
        order = state.orders[slot]
        if order.type != OrderType.NONE and order.strategy == strategy:
            if order.leg == Leg.EXIT:
                exiting = slot
            else:
                cancel(state, at, symbol, order, reason)
    return exiting


def leave(state: State, at: int, symbol: int, strategy: int, lots: float, reason: int, tables: Tables) -> None:
    """Put so many lots of a position up for sale at the market."""
    order = free_slot(state, symbol)
    order.leg = Leg.EXIT
    order.reason = reason
    order.type = OrderType.MARKET
    order.side = SELL
    order.strategy = strategy
    order.lots = lots
    order.spend = nan
    order.limit = nan
    order.reserved = 0.0
    place(state, at, symbol, order, tables)
    order_line(state, Topic.ORDER, at, symbol, order)


def sell_more(state: State, at: int, symbol: int, order: Order, lots: float) -> None:
    """Let an exit that is on its way sell more than it was to; the line has its number again."""
    if lots > order.lots:
        order.lots = lots
        order_line(state, Topic.ORDER, at, symbol, order)


def cancel_all_entries(state: State, at: int, reason: int, tables: Tables) -> None:
    """Take back every entry; what protects a position stays."""
    for symbol in range(len(state.positions)):
        if state.positions[symbol].open_orders > 0:
            for strategy in range(len(tables.strategies)):
                cancel_entries(state, at, symbol, strategy, reason)


def leave_all(state: State, at: int, reason: int, tables: Tables) -> None:
    """Take back every entry and put all that is held up for sale; what is on its way out goes on."""
    for symbol in range(len(state.positions)):
        position = state.positions[symbol]
        if position.lots <= 0.0 and position.open_orders == 0:
            continue
        exiting = -1
        for strategy in range(len(tables.strategies)):
            exiting = max(exiting, cancel_entries(state, at, symbol, strategy, reason))
        if position.lots > 0.0:
            if exiting >= 0:
                sell_more(state, at, symbol, state.orders[exiting], position.lots)
            else:
                leave(state, at, symbol, position.strategy, position.lots, reason, tables)
