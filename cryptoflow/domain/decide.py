"""From signals to orders: exits first, then entries by score, each sized, reviewed and reserved at once."""

from math import inf, isnan, nan

from cryptoflow.domain.ledger import cancel, higher, lower, new_line, order_line
from cryptoflow.domain.lots import on_tick, on_tick_above, whole_lots
from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import (
    BUY,
    SELL,
    SLOTS,
    Bar,
    Entry,
    Leg,
    Order,
    OrderType,
    Position,
    Reason,
    Rows,
    Signal,
    State,
    Steps,
    Strategy,
    Symbol,
    Tables,
    Topic,
)

DUST = 1e-9
"""Below this much of the quote currency there is nothing to order, whatever the venue's least order size."""

NEVER = 9_000_000_000_000_000_000


def decide(state: State, bars: Rows[Bar], signals: Rows[Signal], tables: Tables, steps: Steps) -> None:
    """Turn this round's signals into orders."""
    symbols = len(state.positions)
    state.wallet.orders_now = 0
    row = 0
    wanting = 0
    for strategy in range(len(tables.strategies)):
        for symbol in range(symbols):
            signal = signals[row]
            position = state.positions[symbol]
            if position.lots > 0.0 or position.open_orders > 0:
                if deciding(bars[symbol], tables, symbol):
                    decide_exit(state, bars[symbol], signal, strategy, symbol, tables)
            elif signal.leave == 1:
                signal.enter = 0
            if (signal.enter == 1 or signal.add == 1) and deciding(bars[symbol], tables, symbol):
                state.wanting[wanting] = row
                wanting += 1
            row += 1
    for _ in range(wanting):
        best = -1
        for place in range(wanting):
            row = state.wanting[place]
            if row >= 0 and (best < 0 or rank_of(signals[row].score) > rank_of(signals[state.wanting[best]].score)):
                best = place
        row = state.wanting[best]
        state.wanting[best] = -1
        decide_entry(state, bars[row % symbols], signals[row], row // symbols, row % symbols, tables, steps)
    state.wallet.orders_now = 0


def deciding(bar: Bar, tables: Tables, symbol: int) -> bool:
    """Say whether a symbol has a bar in this round, at whose close it may decide."""
    return bar.here == 1 and bar.open_at + tables.account.timeframe >= tables.symbols[symbol].first_decision


def rank_of(score: float) -> float:
    """Return the score that orders entries; a missing one comes last.

    >>> rank_of(2.5), rank_of(float("nan"))
    (2.5, -inf)
    """
    return -inf if isnan(score) else score


def decide_exit(state: State, bar: Bar, signal: Signal, strategy: int, symbol: int, tables: Tables) -> None:
    """Leave the strategy's position, or take back its resting entry, when it says so or its time is up."""
    position = state.positions[symbol]
    settings = tables.strategies[strategy]
    late = settings.max_bars > 0 and position.bars >= settings.max_bars
    if signal.leave == 1:
        signal.enter = 0
        signal.add = 0
    if signal.leave == 0 and not late:
        return
    close_at = bar.open_at + tables.account.timeframe
    if position.lots > 0.0 and position.strategy == strategy:
        signal.enter = 0
        signal.add = 0
        if cancel_entries(state, close_at, symbol, strategy):
            share = nan if late else signal.leave_share
            lots = lots_to_sell(position, share, bar.close, tables.symbols[symbol])
            if lots <= 0.0:
                refuse_exit(state, bar, symbol, strategy, tables)
                return
            order = free_slot(state, symbol)
            order.leg = Leg.EXIT
            order.reason = Reason.SIGNAL if signal.leave == 1 else Reason.MAX_BARS
            order.type = OrderType.MARKET
            order.side = SELL
            order.strategy = strategy
            order.lots = lots
            order.spend = nan
            order.limit = nan
            order.reserved = 0.0
            place(state, close_at, symbol, order, tables)
            order_line(state, Topic.ORDER, close_at, symbol, order)
    elif signal.leave == 1 and position.open_orders > 0:
        cancel_entries(state, close_at, symbol, strategy)


def lots_to_sell(position: Position, share: float, price: float, market: Symbol) -> float:
    """Return how much of a position an exit sells: all of it, or a share in whole lots.

    What would be left has to be an order of its own some day; when it could not be one, all is sold. Nothing is
    when the share is too small to be an order.

    >>> half = Position(lots=10.0)
    >>> venue = Symbol(lot=1.0, min_notional=31.0)
    >>> [lots_to_sell(half, share, 10.0, venue) for share in (nan, 0.5, 0.75, 0.2)]
    [10.0, 5.0, 10.0, 0.0]
    """
    if isnan(share) or share >= 1.0:
        return position.lots
    lots = whole_lots(position.lots * share * market.lot, market.lot, market.whole)
    worth = market.lot * price
    left = (position.lots - lots) * worth
    if left <= DUST or left < market.min_notional:
        return position.lots
    return 0.0 if lots * worth <= DUST or lots * worth < market.min_notional else lots


def cancel_entries(state: State, at: int, symbol: int, strategy: int) -> bool:
    """Take back the strategy's open entries and adds of a symbol; say whether no exit is on its way yet."""
    exiting = False
    for slot in range(symbol * SLOTS, symbol * SLOTS + SLOTS):
        order = state.orders[slot]
        if order.type != OrderType.NONE and order.strategy == strategy:
            if order.leg == Leg.EXIT:
                exiting = True
            else:
                cancel(state, at, symbol, order, Reason.SIGNAL)
    return not exiting


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


def decide_entry(
    state: State, bar: Bar, signal: Signal, strategy: int, symbol: int, tables: Tables, steps: Steps
) -> None:
    """Enter or add, or write down why not. A strategy that already holds, or waits to, has nothing to enter."""
    position = state.positions[symbol]
    settings = tables.strategies[strategy]
    owner = owner_of(state, symbol)
    if owner == strategy:
        if signal.add == 0 or position.lots <= 0.0 or position.open_orders > 0 or position.adds >= settings.max_adds:
            return
    elif signal.enter == 0:
        return
    elif owner >= 0:
        refuse(state, bar, symbol, strategy, tables, Reason.SYMBOL_TAKEN)
        return
    elif bar.open_at - state.pairs[strategy * len(state.positions) + symbol].exited_at < settings.cooldown:
        refuse(state, bar, symbol, strategy, tables, Reason.COOLDOWN)
        return
    propose(state, bar, signal, strategy, symbol, tables, steps, Leg.ADD if owner == strategy else Leg.ENTRY)


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


def refuse_exit(state: State, bar: Bar, symbol: int, strategy: int, tables: Tables) -> None:
    """Write that a part of a position is too small to be sold."""
    line = new_line(state, Topic.REFUSED, bar.open_at + tables.account.timeframe, symbol, strategy)
    line.side = SELL
    line.leg = Leg.EXIT
    line.reason = Reason.BELOW_MINIMUM
    line.price = bar.close
    state.wallet.refused += 1


def refuse(state: State, bar: Bar, symbol: int, strategy: int, tables: Tables, reason: int) -> None:
    """Write a refusal that no rule had to be asked for."""
    line = new_line(state, Topic.REFUSED, bar.open_at + tables.account.timeframe, symbol, strategy)
    line.reason = reason
    line.price = bar.close
    state.wallet.refused += 1


def entry_price(settings: Strategy, close: float, tick: float) -> float:
    """Return the price an entry counts on: the close for a market order, its limit or trigger otherwise."""
    if settings.order_type == OrderType.LIMIT:
        return on_tick(close * (1.0 - settings.offset), tick)
    if settings.order_type == OrderType.MARKET:
        return close
    return on_tick(close * (1.0 + settings.offset), tick)


def limit_of(settings: Strategy, price: float, tick: float) -> float:
    """Return the most an entry that counts on `price` may pay for a coin, NaN where it pays what is asked."""
    if settings.order_type == OrderType.LIMIT:
        return price
    if settings.order_type == OrderType.STOP_LIMIT:
        return on_tick(price * (1.0 + settings.offset), tick)
    return nan


def stop_level(signal: Signal, price: float) -> float:
    """Return the stop level that the signal itself gives: the nearest of level, distance and trail, NaN for none."""
    stop = signal.stop_at
    if not isnan(signal.stop_distance):
        stop = higher(stop, price - signal.stop_distance)
    if not isnan(signal.trail_distance):
        stop = higher(stop, price - signal.trail_distance)
    return stop


def stop_share_of(signal: Signal, settings: Strategy) -> float:
    """Return the share by which the stop lies below the price: the strategy's, else the one the policy attaches."""
    if not isnan(settings.stop_share):
        return settings.stop_share
    none = isnan(signal.stop_at) and isnan(signal.stop_distance)
    if none and isnan(settings.trail_share) and isnan(signal.trail_distance):
        return settings.missing_stop
    return nan


def stop_of(signal: Signal, settings: Strategy, price: float, tick: float) -> float:
    """Return the stop that an entry at `price` would have: the nearest of all that protect it, NaN for none."""
    stop = stop_level(signal, price)
    share = stop_share_of(signal, settings)
    if not isnan(share):
        stop = higher(stop, price * (1.0 - share))
    if not isnan(settings.trail_share):
        stop = higher(stop, price * (1.0 - settings.trail_share))
    return on_tick_above(stop, tick)


def propose(
    state: State, bar: Bar, signal: Signal, strategy: int, symbol: int, tables: Tables, steps: Steps, leg: int
) -> None:
    """Size an entry, have it reviewed, and open the order with its money reserved, or write why not."""
    wallet = state.wallet
    settings = tables.strategies[strategy]
    market = tables.symbols[symbol]
    close_at = bar.open_at + tables.account.timeframe
    review_entry(state, bar, signal, strategy, symbol, tables, steps, leg)
    entry = state.entry
    verdict = state.verdict
    lots = whole_lots(ratio(verdict.notional, entry.price), market.lot, market.whole)
    notional = lots * market.lot * entry.price
    leaving = notional
    if tables.account.discipline == 1 and entry.stop < entry.price:
        leaving = notional * (entry.stop / entry.price)
    if not verdict.notional > DUST or lots <= 0.0 or leaving < market.min_notional:
        line = new_line(state, Topic.REFUSED, close_at, symbol, strategy)
        line.reason = refusal(entry.notional, verdict.notional, verdict.rule)
        if line.reason == Reason.BELOW_MINIMUM:
            line.value = leaving if lots > 0.0 else verdict.notional
            line.limit = least(market, entry.price, lots)
        wallet.refused += 1
    else:
        order = free_slot(state, symbol)
        order.leg = leg
        order.strategy = strategy
        order.lots = lots
        fill_in(order, settings, market, entry, verdict.notional, close_at)
        protect_by(order, signal, settings, entry.price, market.tick)
        place(state, close_at, symbol, order, tables)
        line = order_line(state, Topic.ORDER, close_at, symbol, order)
        if verdict.notional < entry.notional:
            line.reason = Reason.REDUCED
            wallet.reduced += 1
    line.leg = leg
    line.price = entry.price
    line.wanted = entry.notional
    line.notional = verdict.notional
    line.rule = verdict.rule
    if verdict.rule >= 0 and line.reason != Reason.BELOW_MINIMUM:
        steps.tell(entry, state.account, verdict, line, tables.rules)


def least(market: Symbol, price: float, lots: float) -> float:
    """Return what an order falls below that is too small: the venue's least order, or a lot where none is left.

    >>> least(Symbol(lot=0.1, min_notional=5.0), 100.0, 0.0), least(Symbol(lot=0.1, min_notional=5.0), 100.0, 1.0)
    (10.0, 5.0)
    """
    lot = market.lot * price if market.whole == 1 and lots <= 0.0 else 0.0
    return max(market.min_notional, lot, DUST)


def review_entry(
    state: State, bar: Bar, signal: Signal, strategy: int, symbol: int, tables: Tables, steps: Steps, leg: int
) -> None:
    """Write down what the entry would be, and what the rules leave of it."""
    wallet = state.wallet
    settings = tables.strategies[strategy]
    market = tables.symbols[symbol]
    price = entry_price(settings, bar.close, market.tick)
    stop = stop_of(signal, settings, price, market.tick)
    if settings.says_size == 1 or (settings.says_size == 2 and not isnan(signal.size)):
        wanted = signal.size * wallet.equity * settings.allocation
    else:
        free = wallet.cash - wallet.reserved
        seen = state.seen[len(tables.strategies) * len(state.positions) + symbol]
        past = state.pasts[strategy]
        wanted = steps.size(settings.sizer, wallet.equity, free, price, stop, seen, past, tables.sizers[strategy])
    entry = state.entry
    entry.symbol = symbol
    entry.strategy = strategy
    entry.price = price
    entry.stop = stop
    entry.notional = wanted
    entry.lot = market.lot if market.whole == 1 else 0.0
    entry.min_notional = market.min_notional
    entry.fee = 0.0 if tables.account.base_fees == 1 else market.taker_fee * tables.account.cost_factor
    entry.symbol_allowed = market.allowed
    entry.adds = 1 if leg == Leg.ADD else 0
    entry.limit = limit_of(settings, price, market.tick)
    entry.last = bar.close
    entry.at = bar.open_at + tables.account.timeframe
    entry.bar_at = bar.open_at + tables.account.timeframe
    entry.timeframe = tables.account.timeframe
    state.verdict.notional = wanted
    state.verdict.rule = -1
    if not wanted > 0.0:
        return
    view_account(state, strategy, symbol, tables)
    steps.review(entry, state.account, state.verdict, settings.allocation, tables.account.discipline, tables.rules)


def fill_in(order: Order, settings: Strategy, market: Symbol, entry: Entry, granted: float, close_at: int) -> None:
    """Write an entry order: its type, its prices, how long it rests, and the money it reserves."""
    order.reason = Reason.SIGNAL
    order.type = settings.order_type
    order.side = BUY
    order.spend = nan
    order.trigger = entry.price
    order.limit = entry.limit
    order.reserved = order.lots * market.lot * higher(entry.limit, entry.price) * (1.0 + entry.fee)
    if settings.spends == 1 and settings.order_type == OrderType.MARKET:
        order.spend = granted * (1.0 + entry.fee)
        order.reserved = order.spend
    order.time_in_force = settings.time_in_force
    order.post_only = settings.post_only
    order.expires_at = close_at + settings.expires if settings.expires > 0 else NEVER


def protect_by(order: Order, signal: Signal, settings: Strategy, price: float, tick: float) -> None:
    """Write on the order what will protect what it buys: levels of the decision, and the share that counts later."""
    order.stop = on_tick_above(stop_level(signal, price), tick)
    order.stop_share = stop_share_of(signal, settings)
    order.target = signal.take_at
    if not isnan(signal.take_distance):
        order.target = lower(order.target, price + signal.take_distance)
    order.target = on_tick(order.target, tick)
    order.trail = signal.trail_distance


def refusal(wanted: float, granted: float, rule: int) -> int:
    """Name why nothing is left to order: no size was wanted, a rule said no, or the rest is too small.

    >>> refusal(100.0, 0.0, 4) == Reason.RULE, refusal(100.0, 3.0, 4) == Reason.BELOW_MINIMUM
    (True, True)
    """
    if isnan(wanted) or wanted <= 0.0:
        return Reason.NO_SIZE
    if rule >= 0 and not granted > 0.0:
        return Reason.RULE
    return Reason.BELOW_MINIMUM


def view_account(state: State, strategy: int, symbol: int, tables: Tables) -> None:
    """Show the rules the account as it is now: pending entries count as held, once per symbol."""
    wallet = state.wallet
    view = state.account
    mine = 0.0
    here = 0.0
    pending = 0
    for other in range(len(state.positions)):
        position = state.positions[other]
        if position.lots <= 0.0 and position.open_orders == 0:
            continue
        reserved = reserved_in(state, other)
        if reserved > 0.0 and position.lots <= 0.0:
            pending += 1
        worth = worth_of(position, tables.symbols[other].lot) + reserved
        if worth > 0.0:
            if other == symbol:
                here = worth
            if owner_of(state, other) == strategy:
                mine += worth
    view.equity = wallet.equity
    view.cash = wallet.cash - wallet.reserved
    view.exposure = wallet.invested + wallet.reserved
    view.symbol_exposure = here
    view.strategy_exposure = mine
    view.positions = wallet.positions
    view.pending = pending
    view.symbol_positions = 1 if state.positions[symbol].lots > 0.0 else 0
    view.day_open_equity = wallet.day_open
    view.week_open_equity = wallet.week_open
    view.month_open_equity = wallet.month_open
    view.peak_equity = wallet.peak
    view.orders_today = wallet.orders_today
    view.last_second_orders = wallet.orders_now


def worth_of(position: Position, lot: float) -> float:
    """Value a position at its last close."""
    return position.lots * lot * position.last if position.lots > 0.0 else 0.0


def reserved_in(state: State, symbol: int) -> float:
    """Add up what a symbol's open orders have reserved."""
    total = 0.0
    if state.positions[symbol].open_orders > 0:
        for slot in range(symbol * SLOTS, symbol * SLOTS + SLOTS):
            if state.orders[slot].type != OrderType.NONE:
                total += state.orders[slot].reserved
    return total
