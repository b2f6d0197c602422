"""A second set of books: what money and coins have to be after every round, reckoned from fills and trades alone."""

from collections.abc import Sequence
from math import isnan

import pytest

from cryptoflow.domain.codes import BUY, SLOTS, OrderType, Topic
from cryptoflow.domain.records import Line, Order, Position, State, Tables


class Books:
    """An account as it was after the last round, and the laws that the next one has to keep."""

    def __init__(self, state: State, tables: Tables) -> None:
        self.state, self.lot = state, [symbol.lot for symbol in tables.symbols]
        self.whole = [symbol.whole for symbol in tables.symbols]
        self.capital = self.cash = state.wallet.cash
        self.lots = [coins(position) for position in state.positions]
        self.base_fees = tables.account.base_fees == 1
        self.fees = self.earned = 0.0
        self.fills = self.trades = 0

    def close(self) -> None:
        """Hold the round that has just ended to every law, and go on from it."""
        told = [self.state.tape[place] for place in range(self.state.wallet.lines)]
        fills = [line for line in told if line.topic == Topic.FILL]
        trades = [line for line in told if line.topic == Topic.TRADE]
        self.fills, self.trades = self.fills + len(fills), self.trades + len(trades)
        self.nothing_is_sold_twice(told)
        self.every_fill_is_paid_once(fills)
        self.profits_are_money(trades)
        self.equity_is_what_there_is()
        self.nothing_is_spent_twice()
        self.who_holds_nothing_waits_for_nothing()
        self.cash = self.state.wallet.cash
        self.lots = [coins(position) for position in self.state.positions]

    def same(self, one: float, other: float) -> bool:
        """Equal, but for the last bits of sums as large as the account."""
        return one == pytest.approx(other, rel=1e-9, abs=1e-9 * max(self.capital, self.cash))

    def in_coins(self, line: Line) -> bool:
        """Say whether a fill's fee was taken out of what was bought."""
        return self.base_fees and line.side == BUY

    def every_fill_is_paid_once(self, fills: Sequence[Line]) -> None:
        """Cash moves by notionals and fees, but for those of purchases that are taken out of what was bought."""
        paid = sum(line.side * line.notional + (0.0 if self.in_coins(line) else line.fee) for line in fills)
        assert self.same(self.state.wallet.cash, self.cash - paid)
        for symbol, position in enumerate(self.state.positions):
            mine = [(line, line.price * self.lot[symbol]) for line in fills if line.symbol == symbol]
            turned = sum(line.notional / worth for line, worth in mine)
            due = sum(line.side * line.notional / worth for line, worth in mine)
            due -= sum(line.fee / worth for line, worth in mine if self.in_coins(line))
            arrived = coins(position) - self.lots[symbol]
            assert arrived == pytest.approx(due, abs=1e-9 * max(turned, self.lots[symbol]))
        self.fees += sum(line.fee for line in fills)
        assert self.same(self.state.wallet.fees, self.fees)

    def profits_are_money(self, trades: Sequence[Line]) -> None:
        """With nothing held the cash is the capital and what the closed trades have brought."""
        self.earned += sum(line.profit for line in trades)
        if not any(coins(position) for position in self.state.positions):
            assert self.same(self.state.wallet.cash, self.capital + self.earned)

    def equity_is_what_there_is(self) -> None:
        """Equity is cash and what is held at its last close."""
        wallet = self.state.wallet
        worth = sum(
            position.lots * lot * position.last
            for position, lot in zip(self.state.positions, self.lot, strict=True)
            if position.lots
        )
        assert self.same(wallet.invested, worth)
        dust = sum(
            position.dust * lot * position.last
            for position, lot in zip(self.state.positions, self.lot, strict=True)
            if position.dust
        )
        assert self.same(wallet.equity, wallet.cash + worth + dust)

    def nothing_is_spent_twice(self) -> None:
        """Cash is never negative, and what open orders have reserved is there."""
        wallet = self.state.wallet
        waiting = [order for order in self.state.orders if order.type != OrderType.NONE]
        assert wallet.cash >= 0.0
        assert all(order.reserved >= 0.0 for order in waiting)
        assert self.same(wallet.reserved, sum(order.reserved for order in waiting))
        assert wallet.reserved <= wallet.cash or self.same(wallet.reserved, wallet.cash), (wallet.reserved, wallet.cash)
        assert wallet.open_orders == len(waiting)
        assert wallet.pending == sum(order.side == BUY for order in waiting)

    def nothing_is_sold_twice(self, told: Sequence[Line]) -> None:
        """No sale is larger than what is held at its moment; a trade is closed when all is sold but fees in coins."""
        held, fees = list(self.lots), [0.0] * len(self.lots)
        for line in told:
            if line.topic == Topic.FILL and line.side == BUY:
                held[line.symbol] += line.lots
                fees[line.symbol] += line.fee / (line.price * self.lot[line.symbol])
            elif line.topic == Topic.FILL:
                assert 0.0 < line.lots <= held[line.symbol] * (1 + 1e-9)
                held[line.symbol] -= line.lots
            elif line.topic == Topic.TRADE:
                assert held[line.symbol] <= fees[line.symbol] + line.lots * 1e-9 + self.whole[line.symbol]

    def who_holds_nothing_waits_for_nothing(self) -> None:
        """Lots are never negative; a position without any is nobody's, protects nothing and has no exit open."""
        positions = self.state.positions
        assert all(position.lots >= 0.0 for position in positions)
        assert self.state.wallet.positions == sum(position.lots > 0.0 for position in positions)
        for symbol, position in enumerate(positions):
            orders = self.orders(symbol)
            assert position.open_orders == sum(order.type != OrderType.NONE for order in orders)
            if position.lots == 0.0:
                assert position.strategy == -1
                assert all(isnan(level) for level in (position.stop, position.target, position.trail))
                assert all(order.side == BUY for order in orders if order.type != OrderType.NONE)

    def orders(self, symbol: int) -> Sequence[Order]:
        return [self.state.orders[slot] for slot in range(symbol * SLOTS, (symbol + 1) * SLOTS)]


def coins(position: Position) -> float:
    """What is held of a symbol: whole lots, and what a fee in coins has left of one."""
    return position.lots + position.dust
