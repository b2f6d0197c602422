"""From signals to orders: exits first, then entries by score, each reviewed and reserved before the next."""

from math import inf, isnan, nan

from cryptoflow.domain.codes import SELL, Leg, Reason, Topic
from cryptoflow.domain.leaving import cancel_entries, leave, sell_more
from cryptoflow.domain.ledger import new_line
from cryptoflow.domain.lots import whole_lots
from cryptoflow.domain.propose import DUST, least, propose
from cryptoflow.domain.records import Bar, Position, Rows, Signal, State, Steps, Symbol, Tables
from cryptoflow.domain.slots import owner_of


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
        for candidate in range(wanting):
            row = state.wanting[candidate]
            if row >= 0 and (best < 0 or rank_of(signals[row].score) > rank_of(signals[state.wanting[best]].score)):
                best = candidate
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
        exiting = cancel_entries(state, close_at, symbol, strategy, Reason.SIGNAL)
        share = nan if late else signal.leave_share
        lots = lots_to_sell(position, share, bar.close, tables.symbols[symbol])
        if exiting >= 0:
            sell_more(state, close_at, symbol, state.orders[exiting], lots)
        elif lots <= 0.0:
            refuse_exit(state, bar, symbol, strategy, share, tables)
        else:
            reason = Reason.SIGNAL if signal.leave == 1 else Reason.MAX_BARS
            leave(state, close_at, symbol, strategy, lots, reason, tables)
    elif signal.leave == 1 and position.open_orders > 0:
        cancel_entries(state, close_at, symbol, strategy, Reason.SIGNAL)


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
    elif rested(state, bar, strategy, symbol, tables) < settings.cooldown:
        refuse(state, bar, symbol, strategy, tables, Reason.COOLDOWN)
        return
    propose(state, bar, signal, strategy, symbol, tables, steps, Leg.ADD if owner == strategy else Leg.ENTRY)


def rested(state: State, bar: Bar, strategy: int, symbol: int, tables: Tables) -> int:
    """Return the time between the close of the bar that ended the last position and the one that decides now.

    A position ends inside one of the bars that fill orders, which may be finer than those that decide.
    """
    ended = state.pairs[strategy * len(state.positions) + symbol].exited_at + tables.account.detail
    return bar.open_at + tables.account.timeframe - ended


def refuse_exit(state: State, bar: Bar, symbol: int, strategy: int, share: float, tables: Tables) -> None:
    """Write that a part of a position is too small to be sold."""
    market = tables.symbols[symbol]
    wanted = state.positions[symbol].lots * share * market.lot
    line = new_line(state, Topic.REFUSED, bar.open_at + tables.account.timeframe, symbol, strategy)
    line.side = SELL
    line.leg = Leg.EXIT
    line.reason = Reason.BELOW_MINIMUM
    line.price = bar.close
    line.value = wanted * bar.close
    line.limit = least(market, bar.close, whole_lots(wanted, market.lot, market.whole))
    state.wallet.refused += 1


def refuse(state: State, bar: Bar, symbol: int, strategy: int, tables: Tables, reason: int) -> None:
    """Write a refusal that no rule had to be asked for."""
    line = new_line(state, Topic.REFUSED, bar.open_at + tables.account.timeframe, symbol, strategy)
    line.reason = reason
    line.price = bar.close
    state.wallet.refused += 1
