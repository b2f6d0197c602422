"""How a bar fills orders: at its open, then inside it."""

from math import isnan, nan

from cryptoflow.domain.codes import BUY, SELL, SLOTS, Leg, OrderType, Reason, TimeInForce
from cryptoflow.domain.ledger import buy, cancel, close_order, protect, release, sell
from cryptoflow.domain.lots import affordable_lots, whole_lots
from cryptoflow.domain.records import Account, Bar, Order, Rows, State, Steps, Symbol, Tables


def fill_at_open(state: State, bars: Rows[Bar], tables: Tables, steps: Steps) -> None:
    """Fill what the opens decide: stops and targets jumped over, market exits, then market entries as reviewed."""
    for place in range(state.wallet.live):
        symbol = state.live[place]
        bar = bars[symbol]
        position = state.positions[symbol]
        if bar.here == 1 and position.lots > 0.0:
            if bar.open <= position.stop:
                sell_at_market(state, bar, symbol, position.lots, tables, steps, bar.open, position.stop_reason, 0)
            elif reached(bar.open, position.target, tables.account.fill_on_touch):
                take_target(state, bar, symbol, tables)
    if state.wallet.open_orders == 0:
        return
    for place in range(state.wallet.live):
        symbol = state.live[place]
        bar = bars[symbol]
        if bar.here == 1 and state.positions[symbol].open_orders > 0:
            for slot in range(symbol * SLOTS, symbol * SLOTS + SLOTS):
                order = state.orders[slot]
                if order.type == OrderType.MARKET and order.side == SELL and order.ready_at <= bar.open_at:
                    exit_at_open(state, bar, symbol, order, tables, steps)
    if state.wallet.pending > 0:
        enter_at_open(state, bars, tables, steps)


def exit_at_open(state: State, bar: Bar, symbol: int, order: Order, tables: Tables, steps: Steps) -> None:
    """Sell what the market exit asks for; when a stop was quicker it has less or nothing left to do."""
    reason, number = order.reason, order.number
    lots = order.lots
    position = state.positions[symbol]
    close_order(state.wallet, position, order)
    if position.lots < lots:
        lots = position.lots
    if lots > 0.0:
        sell_at_market(state, bar, symbol, lots, tables, steps, bar.open, reason, number)


def enter_at_open(state: State, bars: Rows[Bar], tables: Tables, steps: Steps) -> None:
    """Fill market entries at the open, in the order of their numbers, which is the order of their review."""
    done = 0
    while True:
        first = -1
        number = 0
        for place in range(state.wallet.live):
            symbol = state.live[place]
            bar = bars[symbol]
            if bar.here == 0 or state.positions[symbol].open_orders == 0:
                continue
            for slot in range(symbol * SLOTS, symbol * SLOTS + SLOTS):
                order = state.orders[slot]
                ready = order.type == OrderType.MARKET and order.side == BUY and order.ready_at <= bar.open_at
                if ready and order.number > done and (first < 0 or order.number < number):
                    first = slot
                    number = order.number
        if first < 0:
            return
        done = number
        symbol = first // SLOTS
        order = state.orders[first]
        bar = bars[symbol]
        buy_at_market(state, bar, symbol, order, tables, steps, bar.open)
        if order.type != OrderType.NONE:
            cancel(state, bar.open_at, symbol, order, Reason.NO_CASH)


def buy_at_market(
    state: State, bar: Bar, symbol: int, order: Order, tables: Tables, steps: Steps, price: float
) -> None:
    """Buy what the order asks, or what its cash still pays for, at `price` plus slippage; then protect it."""
    market = tables.symbols[symbol]
    account = tables.account
    wallet = state.wallet
    free = wallet.cash - (wallet.reserved - order.reserved)
    fee_share = market.taker_fee * account.cost_factor
    charged = 0.0 if account.base_fees == 1 else fee_share
    spend = order.spend
    wanted = order.lots if isnan(spend) else spend / (price * (1.0 + charged)) / market.lot
    slip = steps.slip(account.slippage, BUY, price, wanted * market.lot, bar.volume, tables.slippage)
    paid = price * (1.0 + slip * account.cost_factor)
    affordable = affordable_lots(free, paid * (1.0 + charged), market.lot, market.whole)
    lots = order.lots
    if not isnan(spend):
        lots = whole_lots(spend / (paid * (1.0 + charged)), market.lot, market.whole)
    short = lots > affordable
    if short:
        lots = affordable
    notional = lots * market.lot * paid
    if lots <= 0.0 or (short and notional < market.min_notional) or nothing_left(lots, fee_share, market, account):
        return
    lost = lots * market.lot * (paid - price)
    buy(state, bar.open_at, symbol, order, lots, market, paid, fee_share, lost, account.base_fees)
    after_entry(state, symbol, order, tables)
    close_order(wallet, state.positions[symbol], order)


def nothing_left(lots: float, fee_share: float, market: Symbol, account: Account) -> bool:
    """Say whether a fee taken out of so few lots leaves less than one of them.

    >>> nothing_left(1.0, 0.001, Symbol(), Account(base_fees=1)), nothing_left(1.0, 0.001, Symbol(), Account())
    (True, False)
    """
    return account.base_fees == 1 and market.whole == 1 and lots * (1.0 - fee_share) < 1.0


def sell_at_market(
    state: State,
    bar: Bar,
    symbol: int,
    lots: float,
    tables: Tables,
    steps: Steps,
    price: float,
    reason: int,
    number: int,
) -> None:
    """Sell so much of the position at `price` less slippage."""
    market = tables.symbols[symbol]
    account = tables.account
    slip = steps.slip(account.slippage, SELL, price, lots * market.lot, bar.volume, tables.slippage)
    got = price * (1.0 - slip * account.cost_factor)
    fee = lots * market.lot * got * market.taker_fee * account.cost_factor
    sell(
        state,
        bar.open_at,
        symbol,
        lots,
        market.lot,
        got,
        fee,
        lots * market.lot * (price - got),
        number,
        OrderType.MARKET,
        reason,
    )
    drop_orders(state, bar.open_at, symbol)


def drop_orders(state: State, at: int, symbol: int) -> None:
    """Cancel what is still open of a position that is gone: its exits, its adds, the rest of its entry."""
    if state.positions[symbol].open_orders == 0 or state.positions[symbol].lots > 0.0:
        return
    for slot in range(symbol * SLOTS, symbol * SLOTS + SLOTS):
        order = state.orders[slot]
        if order.type != OrderType.NONE:
            cancel(state, at, symbol, order, Reason.CLOSED)


def after_entry(state: State, symbol: int, order: Order, tables: Tables) -> None:
    """Protect a position that has just grown, and count an add."""
    position = state.positions[symbol]
    protect(position, order, tables.strategies[order.strategy], tables.symbols[symbol].tick)
    if order.leg == Leg.ADD and order.filled == 0:
        position.adds += 1
    order.filled = 1


def fill_inside(state: State, bars: Rows[Bar], tables: Tables, steps: Steps) -> None:
    """Fill what the bars reach after their open: stops, then targets, then resting orders; let the rest expire."""
    for place in range(state.wallet.live):
        symbol = state.live[place]
        bar = bars[symbol]
        if bar.here == 0:
            continue
        protect_inside(state, bar, symbol, tables, steps, True)
        if state.positions[symbol].open_orders > 0:
            for slot in range(symbol * SLOTS, symbol * SLOTS + SLOTS):
                order = state.orders[slot]
                if order.type > OrderType.MARKET and order.ready_at <= bar.open_at:
                    rest(state, bar, symbol, order, tables, steps)
            if bar.fell == 1:
                cancel_after_drop(state, bar.open_at, symbol)


def cancel_after_drop(run: State, at: int, symbol: int) -> None:
    """Take back what would still be bought of a symbol that fell at once; exits stay."""
    for slot in range(symbol * SLOTS, symbol * SLOTS + SLOTS):
        order = run.orders[slot]
        if order.type != OrderType.NONE and order.side == BUY:
            cancel(run, at, symbol, order, Reason.FLASH_DROP)


def protect_inside(state: State, bar: Bar, symbol: int, tables: Tables, steps: Steps, with_target: bool) -> None:
    """Fill the position's stop, or else its target, where the bar reaches them."""
    position = state.positions[symbol]
    if position.lots <= 0.0:
        return
    if bar.low <= position.stop:
        price = bar.open if bar.open < position.stop else position.stop
        sell_at_market(state, bar, symbol, position.lots, tables, steps, price, position.stop_reason, 0)
    elif (
        with_target
        and bar.open_at >= position.target_from
        and reached(bar.high, position.target, tables.account.fill_on_touch)
    ):
        take_target(state, bar, symbol, tables)


def reached(extreme: float, limit: float, on_touch: int) -> bool:
    """Say whether a price went through a limit above it; touching is enough where the setting says so.

    >>> reached(101.0, 100.0, 0), reached(100.0, 100.0, 0), reached(100.0, 100.0, 1)
    (True, False, True)
    """
    return extreme > limit or (on_touch == 1 and extreme == limit)


def take_target(state: State, bar: Bar, symbol: int, tables: Tables) -> None:
    """Sell at the target, once in a bar and as much as its volume allows; the rest of the target stays open."""
    market = tables.symbols[symbol]
    account = tables.account
    position = state.positions[symbol]
    if position.taken_at == bar.open_at:
        return
    position.taken_at = bar.open_at
    price = bar.open if bar.open > position.target else position.target
    lots = whole_lots(bar.volume * account.volume_share, market.lot, market.whole)
    if lots > position.lots:
        lots = position.lots
    if lots <= 0.0:
        return
    fee = lots * market.lot * price * market.maker_fee * account.cost_factor
    sell(state, bar.open_at, symbol, lots, market.lot, price, fee, 0.0, 0, OrderType.LIMIT, Reason.TARGET)
    drop_orders(state, bar.open_at, symbol)


def rest(state: State, bar: Bar, symbol: int, order: Order, tables: Tables, steps: Steps) -> None:
    """Let one bar pass over a resting entry: trigger it, fill it or a part of it, cancel it, or leave it.

    An order that expires within the bar is held against its open only: when the rest was traded is not known.
    """
    close_at = bar.open_at + (bar.length if bar.length > 0 else tables.account.detail)
    if order.expires_at <= bar.open_at:
        cancel(state, bar.open_at, symbol, order, Reason.EXPIRED)
        return
    lasts = order.expires_at >= close_at
    maker = False
    if order.type != OrderType.LIMIT and order.triggered == 0:
        price = triggering_price(order, bar, lasts)
    else:
        arrives = order.seen == 0
        order.seen = 1
        crosses = bar.open <= order.limit
        maker = not (arrives and crosses)
        price = limit_price(order, bar, lasts, tables.account.fill_on_touch)
        if arrives and crosses and order.post_only == 1:
            cancel(state, bar.open_at, symbol, order, Reason.WOULD_CROSS)
            return
    if not isnan(price) and fill_resting(state, bar, symbol, order, tables, steps, price, maker):
        entered(state, bar, symbol, tables, steps, price == bar.open)
    waiting = order.type == OrderType.LIMIT or (order.type == OrderType.STOP_LIMIT and order.triggered == 1)
    if waiting and order.time_in_force != TimeInForce.GTC:
        cancel(state, bar.open_at, symbol, order, Reason.UNFILLED)
    if order.type != OrderType.NONE and order.expires_at <= close_at:
        cancel(state, close_at, symbol, order, Reason.EXPIRED)


def triggering_price(order: Order, bar: Bar, lasts: bool) -> float:
    """Return the price at which a bar triggers a stop and fills it; NaN where it does not, or its limit forbids it."""
    if bar.open < order.trigger and not (lasts and bar.high >= order.trigger):
        return nan
    order.triggered = 1
    order.seen = 1
    price = bar.open if bar.open > order.trigger else order.trigger
    return nan if order.type == OrderType.STOP_LIMIT and price > order.limit else price


def limit_price(order: Order, bar: Bar, lasts: bool, on_touch: int) -> float:
    """Return the price at which a bar fills a limit: its open where it crosses there, the limit where it goes through.

    >>> order = Order(type=OrderType.LIMIT, limit=100.0)
    >>> through = Bar(open=101.0, low=99.0)
    >>> limit_price(order, Bar(open=99.5, low=99.0), True, 0), limit_price(order, through, True, 0)
    (99.5, 100.0)
    """
    if bar.open <= order.limit:
        return bar.open
    rests = lasts and order.time_in_force == TimeInForce.GTC
    return order.limit if rests and reached(-bar.low, -order.limit, on_touch) else nan


def fill_resting(
    state: State, bar: Bar, symbol: int, order: Order, tables: Tables, steps: Steps, price: float, maker: bool
) -> bool:
    """Fill a resting entry at `price`; say whether anything was bought. A stop is a market order once it triggers."""
    if order.type != OrderType.STOP:
        return fill_limit(state, bar, symbol, order, tables, price, maker)
    buy_at_market(state, bar, symbol, order, tables, steps, price)
    if order.type == OrderType.NONE:
        return True
    cancel(state, bar.open_at, symbol, order, Reason.NO_CASH)
    return False


def fill_limit(state: State, bar: Bar, symbol: int, order: Order, tables: Tables, price: float, maker: bool) -> bool:
    """Fill a limit at `price`, capped by the bar's volume and the cash left; fill-or-kill takes all or nothing.

    Returns whether anything was bought.
    """
    market = tables.symbols[symbol]
    account = tables.account
    wallet = state.wallet
    fee_share = (market.maker_fee if maker else market.taker_fee) * account.cost_factor
    free = wallet.cash - (wallet.reserved - order.reserved)
    lots = whole_lots(bar.volume * account.volume_share, market.lot, market.whole)
    charged = 0.0 if account.base_fees == 1 else fee_share
    affordable = affordable_lots(free, price * (1.0 + charged), market.lot, market.whole)
    if affordable < lots:
        lots = affordable
    if order.lots <= lots:
        lots = order.lots
    elif order.time_in_force == TimeInForce.FOK:
        return False
    if lots <= 0.0 or nothing_left(lots, fee_share, market, account):
        return False
    buy(state, bar.open_at, symbol, order, lots, market, price, fee_share, 0.0, account.base_fees)
    release(wallet, order, lots / order.lots)
    order.lots -= lots
    after_entry(state, symbol, order, tables)
    if order.lots <= 0.0:
        close_order(wallet, state.positions[symbol], order)
    return True


def entered(state: State, bar: Bar, symbol: int, tables: Tables, steps: Steps, at_open: bool) -> None:
    """Hold the bar of an entry against its stop, for which the whole bar counts.

    An entry at the open meets its target in the same bar too; one inside the bar from the next bar on.
    """
    if not at_open:
        state.positions[symbol].target_from = bar.open_at + 1
    protect_inside(state, bar, symbol, tables, steps, at_open)
