"""What the close of a bar does: prices are marked, trails follow, the account's day and peak move on."""

from math import isnan, nan

from cryptoflow.domain.calendar import MINUTE, day_of, month_of, week_of
from cryptoflow.domain.codes import Reason
from cryptoflow.domain.discipline.together import ROOM, skip
from cryptoflow.domain.ledger import higher
from cryptoflow.domain.lots import on_tick_above
from cryptoflow.domain.records import Bar, Position, Rows, State, Tables, Wallet


def open_day(wallet: Wallet, at: int) -> None:
    """Start a new UTC day when the close `at` lies in one: what the account is worth there is what it is measured by.

    The week that begins on a Monday and the month are measured alike. A clock that goes back opens no day again.
    """
    day = day_of(at)
    if day <= wallet.day:
        return
    wallet.day = day
    wallet.day_open = wallet.equity
    wallet.orders_today = 0
    week = week_of(day)
    if week != wallet.week:
        wallet.week = week
        wallet.week_open = wallet.equity
    month = month_of(day)
    if month != wallet.month:
        wallet.month = month
        wallet.month_open = wallet.equity


def mark_position(position: Position, bar: Bar, trail_share: float, tick: float) -> None:
    """Note the close and draw the trailing stop after the best price; it only ever comes nearer.

    Of a bar inside which the position was entered only the close is known to lie after the entry.
    """
    position.last = bar.close
    if position.lots <= 0.0:
        return
    position.bars += 1
    inside = position.target_from > bar.open_at or position.opened_at > bar.open_at
    top = bar.close if inside else bar.high
    if isnan(position.best) or top > position.best:
        position.best = top
    level = position.best - position.trail
    if not isnan(trail_share):
        level = higher(level, position.best * (1.0 - trail_share))
    if isnan(level):
        return
    level = on_tick_above(level, tick)
    if isnan(position.stop) or level > position.stop:
        position.stop = level
        position.stop_reason = Reason.TRAILING


def mark_account(wallet: Wallet, invested: float, dust: float) -> None:
    """Value the account at the closes: equity, its peak, the deepest fall from it, and the time invested."""
    wallet.invested = invested
    wallet.equity = wallet.cash + invested + dust
    wallet.rounds += 1
    if invested > 0.0:
        wallet.rounds_invested += 1
    if wallet.equity > wallet.peak:
        wallet.peak = wallet.equity
    if wallet.equity < wallet.peak * (1.0 + wallet.drawdown):
        wallet.drawdown = wallet.equity / wallet.peak - 1.0


def find_live(state: State) -> None:
    """Note the symbols of which anything is held or ordered, for the rounds until this changes; others need no look."""
    count = 0
    for symbol in range(len(state.positions)):
        position = state.positions[symbol]
        if position.lots > 0.0 or position.open_orders > 0 or position.dust > 0.0:
            state.live[count] = symbol
            count += 1
    state.wallet.live = count


def mark(state: State, bars: Rows[Bar], tables: Tables, at: int) -> None:
    """Mark all positions at the closes of the round that opens `at`, and the account by them.

    Where two or more are held, and somebody looks at how they move together, their closes are kept.
    """
    invested = 0.0
    dust = 0.0
    kept = len(state.closes) > 1 and state.wallet.positions >= 2
    minute = at // MINUTE
    newest = len(state.positions) * ROOM
    if kept:
        if state.closes[newest] != minute - 1:
            skip(state.closes, len(state.positions), minute)
        state.closes[newest] = minute
    for place in range(state.wallet.live):
        symbol = state.live[place]
        position = state.positions[symbol]
        bar = bars[symbol]
        if bar.here == 1:
            trail_share = tables.strategies[position.strategy].trail_share if position.lots > 0.0 else 0.0
            mark_position(position, bar, trail_share, tables.symbols[symbol].tick)
        if position.lots > 0.0:
            invested += position.lots * tables.symbols[symbol].lot * position.last
            if kept:
                state.closes[symbol * ROOM + minute % ROOM] = position.last if bar.here == 1 else nan
        if position.dust > 0.0:
            dust += position.dust * tables.symbols[symbol].lot * position.last
    mark_account(state.wallet, invested, dust)
