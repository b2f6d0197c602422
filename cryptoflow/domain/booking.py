"""Fills as a venue tells them, booked where a simulation books its own: one event after the other, in lots.

Nothing here decides: what was ordered, what it was to cost and what protects a position have been decided.
"""

from math import nan
from typing import NamedTuple

from cryptoflow.domain.codes import SLOTS, Leg, OrderType, Reason
from cryptoflow.domain.fills import after_entry, drop_orders
from cryptoflow.domain.ledger import buy, cancel, close_order, release, sell
from cryptoflow.domain.marks import find_live
from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import Order, State, Tables


class Fill(NamedTuple):
    """What was filled of an order: `lots` at `price`, `fee` in the quote currency or, `in_base`, worth so much of it.

    `number` is the order's on the tape, 0 for one that protects; `expected` is the price that its decision knew.
    """

    symbol: int
    number: int
    at: int
    lots: float
    price: float
    fee: float
    in_base: bool
    expected: float
    reason: int = Reason.SIGNAL
    type: int = OrderType.MARKET


def slot_of(state: State, symbol: int, number: int) -> Order | None:
    """Return the open order of a symbol with a number, None where it is open no more."""
    for slot in range(symbol * SLOTS, symbol * SLOTS + SLOTS):
        order = state.orders[slot]
        if order.type != OrderType.NONE and order.number == number:
            return order
    return None


def book_purchase(state: State, fill: Fill, strategy: int, lot: float, tables: Tables) -> None:
    """Book what was bought; a fill that comes when its order is over is bought all the same."""
    order = slot_of(state, fill.symbol, fill.number) or ended(fill, strategy)
    market = tables.symbols[fill.symbol]
    lost = fill.lots * lot * (fill.price - fill.expected)
    share = ratio(fill.fee, fill.lots * lot * fill.price)
    buy(state, fill.at, fill.symbol, order, fill.lots, market, fill.price, share, lost, int(fill.in_base))
    if order.lots > 0.0:
        release(state.wallet, order, min(1.0, fill.lots / order.lots))
        order.lots -= fill.lots
    after_entry(state, fill.symbol, order, tables)
    find_live(state)


def ended(fill: Fill, strategy: int) -> Order:
    """Return an order that is over as the one that a late fill belongs to: nothing is reserved for it any more."""
    return Order(type=fill.type, number=fill.number, strategy=strategy, leg=Leg.ENTRY, lots=0.0, limit=nan)


def book_sale(state: State, fill: Fill, lot: float) -> None:
    """Book what was sold; with the last lot the trade is over, and what is still open of it is taken back."""
    order = slot_of(state, fill.symbol, fill.number) if fill.number else None
    lost = fill.lots * lot * (fill.expected - fill.price)
    number, reason = fill.number, fill.reason
    if order is not None:
        reason = order.reason
        order.lots -= fill.lots
        if order.lots <= 0.0:
            close_order(state.wallet, state.positions[fill.symbol], order)
    sell(state, fill.at, fill.symbol, fill.lots, lot, fill.price, fill.fee, lost, number, fill.type, reason)
    drop_orders(state, fill.at, fill.symbol)
    find_live(state)


def book_end(state: State, at: int, symbol: int, number: int, reason: int, *, filled: bool) -> None:
    """Close an order that is over at the venue, which is told where something of it was not filled."""
    order = slot_of(state, symbol, number)
    if order is None:
        return
    if filled:
        close_order(state.wallet, state.positions[symbol], order)
    else:
        cancel(state, at, symbol, order, reason)
    find_live(state)
