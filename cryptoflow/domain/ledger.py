"""Money and coins changing hands: what a fill, a cancel and a closed trade do to wallet, position and tape."""

from math import isnan, nan

from cryptoflow.domain.codes import BUY, SELL, Leg, OrderType, Reason, Topic
from cryptoflow.domain.discipline.records import Standing
from cryptoflow.domain.discipline.streaks import count
from cryptoflow.domain.discipline.together import forget
from cryptoflow.domain.lots import on_tick, on_tick_above, whole_part
from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import Line, Order, Past, Position, State, Strategy, Symbol, Wallet


def new_line(state: State, topic: int, at: int, symbol: int, strategy: int) -> Line:
    """Take the next free line of the tape and head it; the rest of it is blank."""
    wallet = state.wallet
    line = state.tape[wallet.lines]
    wallet.lines += 1
    line.topic = topic
    line.at = at
    line.symbol = symbol
    line.strategy = strategy
    line.number = 0
    line.side = BUY
    line.type = 0
    line.leg = 0
    line.reason = 0
    line.rule = -1
    line.lots = 0.0
    line.price = nan
    line.notional = 0.0
    line.fee = 0.0
    line.slippage = 0.0
    line.wanted = nan
    line.profit = nan
    line.share = nan
    line.opened_at = 0
    line.bars = 0
    line.entry_price = nan
    line.value = nan
    line.limit = nan
    line.measure = -1
    line.stop = nan
    line.correlation = nan
    return line


def order_line(state: State, topic: int, at: int, symbol: int, order: Order) -> Line:
    """Head a line about an order."""
    line = new_line(state, topic, at, symbol, order.strategy)
    line.number = order.number
    line.side = order.side
    line.type = order.type
    line.leg = order.leg
    line.reason = order.reason
    line.lots = order.lots
    line.price = order.limit
    return line


def release(wallet: Wallet, order: Order, part: float) -> None:
    """Give back a part of what an order has reserved."""
    freed = order.reserved * part
    order.reserved -= freed
    wallet.reserved -= freed


def close_order(wallet: Wallet, position: Position, order: Order) -> None:
    """Free the order's slot and the rest of its reservation; with no entry pending nothing is reserved."""
    release(wallet, order, 1.0)
    if order.side == BUY:
        wallet.pending -= 1
        if wallet.pending == 0:
            wallet.reserved = 0.0
    wallet.open_orders -= 1
    position.open_orders -= 1
    order.type = OrderType.NONE


def cancel(state: State, at: int, symbol: int, order: Order, reason: int) -> None:
    """Take an open order back, and write why."""
    line = order_line(state, Topic.CANCEL, at, symbol, order)
    line.reason = reason
    close_order(state.wallet, state.positions[symbol], order)


def open_position(position: Position, strategy: int, at: int) -> None:
    """Start an empty position for a strategy."""
    position.strategy = strategy
    position.price = 0.0
    position.level = nan
    position.stop = nan
    position.target = nan
    position.trail = nan
    position.best = nan
    position.stop_reason = Reason.STOP
    position.target_from = 0
    position.taken_at = -1
    position.opened_at = at
    position.bars = 0
    position.adds = 0
    position.bought = 0.0
    position.sold = 0.0
    position.cost = 0.0
    position.proceeds = 0.0
    position.charged = 0.0
    position.fees = 0.0
    position.slippage = 0.0


def buy(
    state: State,
    at: int,
    symbol: int,
    order: Order,
    lots: float,
    market: Symbol,
    price: float,
    fee_share: float,
    lost: float,
    in_base: int,
) -> None:
    """Book a purchase of `lots` for an order at `price`, in which the slippage `lost` is contained.

    The fee is paid in the quote currency, or where `in_base` is 1 taken out of what was bought.
    """
    wallet = state.wallet
    position = state.positions[symbol]
    notional = lots * market.lot * price
    fee = notional * fee_share
    charged = 0.0 if in_base == 1 else fee
    line = order_line(state, Topic.FILL, at, symbol, order)
    line.lots = lots
    line.price = price
    line.notional = notional
    line.fee = fee
    line.slippage = lost
    note_impact(state.standing, lost, notional)
    if position.lots == 0.0:
        open_position(position, order.strategy, at)
        wallet.positions += 1
    position.price = (position.lots * position.price + lots * price) / (position.lots + lots)
    if in_base == 1:
        owned = position.dust + lots * (1.0 - fee_share)
        kept = whole_part(owned, market.whole)
        position.lots += kept
        position.dust = owned - kept if owned > kept else 0.0
    else:
        position.lots += lots
    position.bought += lots
    position.cost += notional
    position.charged += charged
    position.fees += fee
    position.slippage += lost
    wallet.cash -= notional + charged
    if -1e-9 * notional < wallet.cash < 0.0:
        wallet.cash = 0.0  # the last bits of a float; no venue would see them
    wallet.fees += fee
    wallet.slippage += lost
    wallet.turnover += notional


def sell(
    state: State,
    at: int,
    symbol: int,
    lots: float,
    lot: float,
    price: float,
    fee: float,
    lost: float,
    number: int,
    order_type: int,
    reason: int,
) -> None:
    """Book a sale of `lots` out of the position; the last lot closes the trade."""
    wallet = state.wallet
    position = state.positions[symbol]
    notional = lots * lot * price
    line = new_line(state, Topic.FILL, at, symbol, position.strategy)
    line.number = number
    line.side = SELL
    line.type = order_type
    line.leg = Leg.EXIT
    line.reason = reason
    line.lots = lots
    line.price = price
    line.notional = notional
    line.fee = fee
    line.slippage = lost
    note_impact(state.standing, lost, notional)
    position.lots -= lots
    position.sold += lots
    position.proceeds += notional
    position.charged += fee
    position.fees += fee
    position.slippage += lost
    wallet.cash += notional - fee
    wallet.fees += fee
    wallet.slippage += lost
    wallet.turnover += notional
    if position.lots <= 0.0:
        close_trade(state, at, symbol, lot, reason)
        if len(state.closes) > 1:
            forget(state.closes, symbol)


def note_impact(standing: Standing, lost: float, notional: float) -> None:
    """Note what a fill slipped by, as a share of it, where no other of its tier slipped so far.

    >>> standing = Standing()
    >>> note_impact(standing, 5.0, 1000.0); note_impact(standing, 1.0, 1000.0); standing.impact
    0.005
    """
    share = ratio(lost, notional)
    if share > standing.impact:
        standing.impact = share


def close_trade(state: State, at: int, symbol: int, lot: float, reason: int) -> None:
    """Write the finished round trip on the tape and empty the position."""
    wallet = state.wallet
    position = state.positions[symbol]
    pair = state.pairs[position.strategy * len(state.positions) + symbol]
    line = new_line(state, Topic.TRADE, at, symbol, position.strategy)
    line.reason = reason
    line.lots = position.bought
    line.entry_price = position.cost / (position.bought * lot)
    line.price = position.proceeds / (position.sold * lot)
    line.notional = position.cost
    line.fee = position.fees
    line.slippage = position.slippage
    line.profit = position.proceeds - position.cost - position.charged
    line.share = line.profit / position.cost
    line.opened_at = position.opened_at
    line.bars = position.bars
    remember(state.pasts[position.strategy], line.share)
    count(state, pair, line.profit, reason, at)
    pair.exited_at = at
    pair.trades += 1
    wallet.positions -= 1
    position.lots = 0.0
    position.strategy = -1
    position.stop = nan
    position.target = nan
    position.trail = nan


def remember(past: Past, share: float) -> None:
    """Count a closed trade among those of its strategy.

    >>> past = Past()
    >>> remember(past, 0.03); remember(past, -0.01); past
    Past(trades=2, wins=1, gained=0.03, lost=0.01)
    """
    past.trades += 1
    if share > 0.0:
        past.wins += 1
        past.gained += share
    else:
        past.lost -= share


def protect(position: Position, order: Order, strategy: Strategy, tick: float) -> None:
    """Set stop, target and trail after a fill: shares count from the average price, levels come with the order.

    Of two stops the nearer one protects, of two targets the nearer one is taken. Levels and what a trail has
    gained are never given up; a share moves with the average price. An add that says nothing of target or trail
    leaves them as they are.
    """
    if not isnan(order.stop):
        position.level = higher(position.level, order.stop)
    stop = position.level
    if not isnan(order.stop_share):
        stop = higher(stop, position.price * (1.0 - order.stop_share))
    if not isnan(strategy.trail_share):
        stop = higher(stop, position.price * (1.0 - strategy.trail_share))
    stop = on_tick_above(stop, tick)
    if position.stop_reason == Reason.STOP or not position.stop > stop:
        position.stop = stop
        position.stop_reason = Reason.STOP
    target = order.target
    if not isnan(strategy.take_share):
        target = lower(target, position.price * (1.0 + strategy.take_share))
    if not isnan(target):
        position.target = on_tick(target, tick)
    if not isnan(order.trail):
        position.trail = order.trail


def higher(one: float, other: float) -> float:
    """Return the higher of two levels, of which the first may be missing.

    >>> higher(float("nan"), 3.0), higher(4.0, 3.0)
    (3.0, 4.0)
    """
    return other if isnan(one) or other > one else one


def lower(one: float, other: float) -> float:
    """Return the lower of two levels, of which the first may be missing.

    >>> lower(float("nan"), 3.0), lower(2.0, 3.0)
    (3.0, 2.0)
    """
    return other if isnan(one) or other < one else one
