"""From a wish to enter to an order: completed with its stop, sized, reviewed, reserved, or refused with the reason."""

from math import isnan, nan

from cryptoflow.domain.calendar import NEVER, day_of
from cryptoflow.domain.codes import BUY, SLOTS, Leg, OrderType, Reason, Topic
from cryptoflow.domain.discipline.likeness import likeness
from cryptoflow.domain.discipline.nearing import spent
from cryptoflow.domain.discipline.paces import paced
from cryptoflow.domain.discipline.records import Tier
from cryptoflow.domain.discipline.watching import barred
from cryptoflow.domain.ledger import higher, lower, new_line, order_line
from cryptoflow.domain.lots import on_tick, on_tick_above, whole_lots
from cryptoflow.domain.numbers import ratio
from cryptoflow.domain.records import (
    Bar,
    Entry,
    Order,
    Position,
    Signal,
    State,
    Steps,
    Strategy,
    Symbol,
    Tables,
)
from cryptoflow.domain.review import PROTECTION, RE_ENTRY, RESUME, TILT
from cryptoflow.domain.slots import free_slot, owner_of, place
from cryptoflow.domain.tilt.lockouts import is_locked, size_back, size_left
from cryptoflow.domain.tilt.watching import look_at_entry

DUST = 1e-9
"""Below this much of the quote currency there is nothing to order, whatever the venue's least order size."""


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
        line.reason = verdict.barred if verdict.barred >= 0 else refusal(entry.notional, verdict.notional, verdict.rule)
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
    line.stop = entry.stop
    line.correlation = state.account.correlation
    line.wanted = entry.notional
    line.notional = verdict.notional
    line.rule = verdict.rule
    if verdict.rule >= 0 and line.reason != Reason.BELOW_MINIMUM:
        steps.tell(entry, state.account, verdict, line, tables.rules[state.standing.tier])
    if line.topic == Topic.ORDER and tables.account.discipline == 1:
        look_at_entry(state, tables, strategy, symbol, leg, close_at)


def dearest_fee(market: Symbol, settings: Strategy) -> float:
    """Return the higher of the fees that an entry may be charged: what can rest may be a maker as well as a taker.

    >>> odd = Symbol(maker_fee=0.002, taker_fee=0.001)
    >>> dearest_fee(odd, Strategy(order_type=OrderType.MARKET)), dearest_fee(odd, Strategy(order_type=OrderType.LIMIT))
    (0.001, 0.002)
    """
    rests = settings.order_type != OrderType.MARKET
    return market.maker_fee if rests and market.maker_fee > market.taker_fee else market.taker_fee


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
    entry.fee = 0.0 if tables.account.base_fees == 1 else dearest_fee(market, settings) * tables.account.cost_factor
    entry.symbol_allowed = market.allowed
    entry.adds = 1 if leg == Leg.ADD else 0
    entry.limit = limit_of(settings, price, market.tick)
    entry.last = bar.close
    entry.at = bar.open_at + tables.account.timeframe
    entry.bar_at = bar.open_at + tables.account.timeframe
    entry.timeframe = tables.account.timeframe
    state.account.correlation = nan
    state.verdict.notional = wanted
    state.verdict.rule = -1
    state.verdict.barred = barring(state, tables, strategy, symbol)
    if not wanted > 0.0:
        return
    if state.verdict.barred >= 0:
        state.verdict.notional = 0.0
        return
    view_account(state, strategy, symbol, tables)
    if tables.account.discipline == 1:
        view_discipline(state, entry.at, tables)
        if state.wallet.positions + state.account.pending > 0:
            view_alike(state, symbol, entry.at, tables)
    rules = tables.rules[state.standing.tier]
    steps.review(entry, state.account, state.verdict, settings.allocation, tables.account.discipline, rules)


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
    view.orders_today = wallet.orders_today
    view.last_second_orders = wallet.orders_now


def view_discipline(run: State, at: int, tables: Tables) -> None:
    """Show the rules what the account has been through, and the share of its size that an entry keeps for it."""
    view, halt, streak = run.account, run.halt, run.streak
    view.peak_equity = halt.high
    view.losses = streak.losses
    view.losses_cost = streak.cost
    view.last_loss_at = streak.last_at
    view.lost_today = 1 if day_of(streak.last_at) == day_of(at) else 0
    view.spent = spent(halt, run.wallet)
    view.correlated_exposure = 0.0
    view.size = paced(halt.released_at, at, tables.resume)
    view.size_by = RESUME
    new = paced(run.standing.promoted_at, at, tables.phases[run.standing.tier])
    if new < view.size:
        view.size = new
        view.size_by = PROTECTION
    calm, back = size_left(run.tilt, tables.tilt), size_back(run.tilt)
    if calm < view.size:
        view.size = calm
        view.size_by = TILT
    if back < view.size:
        view.size = back
        view.size_by = RE_ENTRY


def view_alike(run: State, symbol: int, at: int, tables: Tables) -> None:
    """Show the rules how much an entry is like what is held and ordered, and how much there is of what is too alike."""
    view, tier, today = run.account, tables.tiers[run.standing.tier], day_of(at)
    for other in range(len(run.positions)):
        position = run.positions[other]
        if other == symbol or (position.lots <= 0.0 and position.open_orders == 0):
            continue
        worth = worth_of(position, tables.symbols[other].lot) + reserved_in(run, other)
        if worth > 0.0:
            found = likeness(run.dailies, symbol, other, today, tier.alike_days, tier.alike_least)
            if not isnan(found) and not found <= view.correlation:
                view.correlation = found
            if found >= tier.alike:
                view.correlated_exposure += worth


def barring(run: State, tables: Tables, strategy: int, symbol: int) -> int:
    """Return the reason why a strategy may not enter a symbol at all, -1 where there is none."""
    if tables.account.discipline == 0:
        return -1
    if run.positions[symbol].paused == 1:
        return Reason.FLASH_DROP.value
    reason = barred(run.halt, run.standing)
    needs = tables.strategies[strategy].needs
    if reason < 0 and lacks(tables.tiers[run.standing.tier], needs, strategy, symbol):
        return Reason.LOCKED.value
    return Reason.LOCKED_OUT.value if reason < 0 and is_locked(run.tilt) else reason


def lacks(tier: Tier, needs: int, strategy: int, symbol: int) -> bool:
    """Say whether a tier lacks what a strategy's entry into a symbol takes.

    >>> sniper = Tier(unlocks=0b011, symbols=1, strategies=1)
    >>> [lacks(sniper, *entry) for entry in ((0b001, 0, 0), (0b100, 0, 0), (0b001, 1, 0), (0b001, 0, 1))]
    [False, True, True, True]
    """
    return needs & tier.unlocks != needs or symbol >= tier.symbols or strategy >= tier.strategies


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
