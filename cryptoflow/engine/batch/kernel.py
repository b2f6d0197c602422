"""The compiled loop over rounds: one fixed function for every spec."""

from math import nan
from typing import Any, NamedTuple

from cryptoflow.domain.advance import advance, concerns, quiet
from cryptoflow.domain.discipline.watching import settle
from cryptoflow.domain.marks import mark, mark_account, mark_position
from cryptoflow.domain.records import Bar, Position, Rows, Signal, State, Steps, Tables
from cryptoflow.engine.batch.fetch import fetch

ENTER, LEAVE, ADD, PAUSED = 1, 2, 4, 8
VALUES = ("score", "size", "stop_distance", "stop_at", "take_distance", "take_at", "trail_distance")
"""The fields of a signal that are numbers, in the order in which `Block.values` holds them."""


class Block(NamedTuple):
    """A stretch of rounds as arrays: bars by symbol, flags by strategy × symbol, values by field where there are any.

    `cursor` is each symbol's next bar; `slots[strategy, field]` says where in `values` a field is, or -1; `reads` says
    how many values each strategy, and last the sizer, is shown as they are. `aligned` is 1 where every symbol has a bar
    in every round, `wanted` is what any strategy's flags ask of any symbol, by round. `calls` are the rounds in which a
    strategy calls for an entry into the only symbol there is, `call` the next of them. `drops` is 1 where a flash drop
    pauses any entry; `fell` says of each bar that fills orders whether it shows one, where `fallen` is 1. `finer` are
    bars inside these, by symbol, with a cursor of their own; there are none where `inside` is 0.
    """

    times: Any
    cursor: Any
    counts: Any
    open_at: Any
    open: Any
    high: Any
    low: Any
    close: Any
    volume: Any
    flags: Any
    values: Any
    slots: Any
    reads: Any
    aligned: int
    wanted: Any
    calls: Any
    call: Any
    drops: int
    fallen: int
    fell: Any
    inside: int
    finer_cursor: Any
    finer_counts: Any
    finer_open_at: Any
    finer: Any


def value_of(block: Block, strategy: int, field: int, row: int, k: int) -> float:
    """Return a number of a signal, NaN where the strategy has none."""
    slot = block.slots[strategy, field]
    return block.values[slot, row, k] if slot >= 0 else nan


def expect(block: Block, symbol: int, k: int) -> None:
    """Let the processor fetch a symbol's bar `k`, which orders will meet, while something else is done."""
    if k < block.counts[symbol]:
        fetch(block.open, symbol, k)
        fetch(block.volume, symbol, k)
        fetch(block.high, symbol, k)
        fetch(block.low, symbol, k)


def read_signal(block: Block, row: int, strategy: int, k: int, signal: Signal) -> None:
    """Show a strategy's signal for a symbol at its bar `k`."""
    flags = block.flags[row, k]
    signal.enter = 1 if flags & ENTER else 0
    signal.leave = 1 if flags & LEAVE else 0
    signal.add = 1 if flags & ADD else 0
    signal.leave_share = nan
    if flags & (ENTER | ADD) == 0:
        return
    signal.score = value_of(block, strategy, 0, row, k)
    signal.size = value_of(block, strategy, 1, row, k)
    signal.stop_distance = value_of(block, strategy, 2, row, k)
    signal.stop_at = value_of(block, strategy, 3, row, k)
    signal.take_distance = value_of(block, strategy, 4, row, k)
    signal.take_at = value_of(block, strategy, 5, row, k)
    signal.trail_distance = value_of(block, strategy, 6, row, k)


def read_values(block: Block, row: int, strategy: int, k: int, seen: Any) -> None:
    """Show a strategy in Python, or the sizer, what indicators say of a symbol at its bar `k`."""
    for slot in range(block.reads[strategy]):
        seen[slot] = block.values[slot, row, k]


def asks(flags: Any, strategies: int, k: int, position: Position) -> bool:
    """Say whether any strategy's flags at bar `k` ask something of the only symbol there is."""
    for strategy in range(strategies):
        f = flags[strategy, k]
        if f != 0 and concerns(position, strategy, f & ENTER, f & LEAVE, f & ADD):
            return True
    return False


def next_call(block: Block, start: int, first: int) -> int:
    """Return the first round from `start` on in which a flat account is called for, or the end of the block."""
    calls, call = block.calls, block.call[0]
    while call < len(calls) and (calls[call] < start or block.times[calls[call]] < first):
        call += 1
    block.call[0] = call
    if call + 1 < len(calls):
        expect(block, 0, calls[call + 1])
    return calls[call] if call < len(calls) else len(block.times)


def pass_over(state: State, tables: Tables, steps: Steps, times: Any, equity: Any, start: int, end: int) -> int:
    """Pass over rounds in which nothing is held and nobody calls; the account is looked at whenever that is due.

    Returns the round to go on with, before the end where a look has written something.
    """
    wallet, halt, timeframe = state.wallet, state.halt, tables.account.timeframe
    worth, told, j = wallet.equity, wallet.lines, start
    while j < end:
        due = end if tables.account.discipline == 0 else j
        if due == j and worth >= halt.floor:
            due = first_at(times, j, end, halt.look_at - timeframe)
        for k in range(j, due):
            equity[k] = worth
        j = due
        if j < end:
            settle(state, tables, steps, times[j] + timeframe)
            equity[j] = worth
            j += 1
            if wallet.lines > told:
                return j
        elif tables.account.discipline == 0:
            settle(state, tables, steps, times[end - 1] + timeframe)
    return j


def first_at(times: Any, start: int, end: int, at: int) -> int:
    """Return the first of some rounds that opens at a moment or later, the end where none does.

    >>> first_at((0, 10, 20, 30), 1, 4, 20), first_at((0, 10, 20, 30), 1, 4, 31), first_at((0, 10, 20, 30), 1, 4, -5)
    (2, 4, 1)
    """
    low, high = start, end
    while low < high:
        middle = (low + high) // 2
        if times[middle] < at:
            low = middle + 1
        else:
            high = middle
    return low


def glide(state: State, bars: Rows[Bar], tables: Tables, steps: Steps, block: Block, equity: Any, start: int) -> int:
    """Pass over the rounds from `start` in which a run's only symbol can change nothing but its mark.

    Returns the first round that may be different. The bars of a block are its rounds then, so no cursor is asked.
    """
    wallet, position, bar = state.wallet, state.positions[0], bars[0]
    if position.open_orders > 0 or position.dust > 0.0:
        return start
    times, flags, close, high, low = block.times, block.flags, block.close, block.high, block.low
    strategies = len(tables.strategies)
    first = tables.symbols[0].first_decision - tables.account.timeframe
    j = start
    if position.lots <= 0.0:
        j = next_call(block, start, first)
        j = pass_over(state, tables, steps, times, equity, start, j)
        if j > start:
            position.last = close[0, j - 1]
            wallet.rounds += j - start
    else:
        settings = tables.strategies[position.strategy]
        max_bars, trail_share, timeframe = settings.max_bars, settings.trail_share, tables.account.timeframe
        lot, tick = tables.symbols[0].lot, tables.symbols[0].tick
        bar.here = 1
        told = wallet.lines
        while j < len(times):
            bar.open_at = times[j]
            bar.high = high[0, j]
            bar.low = low[0, j]
            bar.close = close[0, j]
            if not quiet(position, bar, max_bars) or (times[j] >= first and asks(flags, strategies, j, position)):
                break
            mark_position(position, bar, trail_share, tick)
            mark_account(wallet, position.lots * lot * position.last, 0.0)
            settle(state, tables, steps, times[j] + timeframe)
            equity[j] = wallet.equity
            j += 1
            if wallet.lines > told or position.open_orders > 0:
                break
    block.cursor[0] = j
    return j


def show_live(state: State, bars: Rows[Bar], tables: Tables, block: Block, j: int) -> bool:
    """Show the bars of live symbols in a round in which all have one and nobody wants in; say whether it is busy."""
    symbols, strategies = len(state.positions), len(tables.strategies)
    deciding_at = block.times[j] + tables.account.timeframe
    busy = False
    for place in range(state.wallet.live):
        symbol = state.live[place]
        bar = bars[symbol]
        position = state.positions[symbol]
        if show_bar(block, symbol, j, bar, position, tables):
            busy = True
        elif deciding_at >= tables.symbols[symbol].first_decision:
            for strategy in range(strategies):
                f = block.flags[strategy * symbols + symbol, j]
                if f != 0 and concerns(position, strategy, f & ENTER, f & LEAVE, f & ADD):
                    busy = True
    return busy


def show_bar(block: Block, symbol: int, k: int, bar: Bar, position: Position, tables: Tables) -> bool:
    """Show a symbol's bar `k` of the block; say whether it can change more than the mark.

    Where it cannot, no order meets it: its open then lies within what is quiet, like its close, and to fetch that and
    the volume from memory would take longer than the rest of the round.
    """
    bar.here = 1
    bar.open_at = block.open_at[symbol, k]
    bar.high = block.high[symbol, k]
    bar.low = block.low[symbol, k]
    bar.close = block.close[symbol, k]
    max_bars = 0 if position.lots <= 0.0 else tables.strategies[position.strategy].max_bars
    if quiet(position, bar, max_bars):
        bar.open = bar.close
        bar.volume = nan
        return False
    bar.open = block.open[symbol, k]
    bar.volume = block.volume[symbol, k]
    bar.fell = block.fell[symbol, k] if block.fallen == 1 and block.inside == 0 else 0
    return True


def show_bars(state: State, bars: Rows[Bar], tables: Tables, block: Block, at: int, always: bool) -> bool:
    """Show every symbol's bar of the round, if it has one; say whether any of them can change more than the mark.

    Prices are shown where something is held, ordered or wanted, which is where they are looked at; or `always`.
    """
    cursor, counts, open_at = block.cursor, block.counts, block.open_at
    symbols, strategies = len(state.positions), len(tables.strategies)
    timeframe = tables.account.timeframe
    busy = False
    for symbol in range(symbols):
        bar = bars[symbol]
        k = cursor[symbol]
        bar.here = 0
        if k == counts[symbol] or open_at[symbol, k] != at:
            continue
        cursor[symbol] = k + 1
        bar.here = 1
        bar.open_at = at
        position = state.positions[symbol]
        live = position.lots > 0.0 or position.open_orders > 0 or position.dust > 0.0
        asked = False
        wanted = False
        for strategy in range(strategies):
            f = block.flags[strategy * symbols + symbol, k]
            if f & (ENTER | ADD) != 0:
                wanted = True
            if f != 0 and concerns(position, strategy, f & ENTER, f & LEAVE, f & ADD):
                asked = True
        if asked and at + timeframe >= tables.symbols[symbol].first_decision:
            busy = True
        if (live or wanted or always) and show_bar(block, symbol, k, bar, position, tables):
            busy = True
        if always:
            bar.open = block.open[symbol, k]
            bar.volume = block.volume[symbol, k]
            bar.fell = block.fell[symbol, k] if block.fallen == 1 and block.inside == 0 else 0
    return busy


def show_details(bars: Rows[Bar], details: Rows[Rows[Bar]], tables: Tables, block: Block, at: int) -> int:
    """Show the finer bars inside a round, those that open together in one row; return how many rows there are.

    Where a run has none finer the round's own bars are the only row, and stand in it already. A bar that has none
    inside is met whole, in the first row.
    """
    if block.inside == 0:
        return 1
    cursor, counts, open_at = block.finer_cursor, block.finer_counts, block.finer_open_at
    end = at + tables.account.timeframe
    moments = 0
    while True:
        first = end
        bare = False
        for symbol in range(len(bars)):
            k = cursor[symbol]
            while k < counts[symbol] and open_at[symbol, k] < at:
                k += 1
            cursor[symbol] = k
            if k < counts[symbol] and open_at[symbol, k] < first:
                first = open_at[symbol, k]
            if moments == 0 and bars[symbol].here == 1 and (k == counts[symbol] or open_at[symbol, k] >= end):
                bare = True
        if bare:
            first = at
        if first == end:
            return moments
        for symbol in range(len(bars)):
            bar = details[moments][symbol]
            k = cursor[symbol]
            bar.here = 0
            bar.length = 0
            if moments == 0 and bars[symbol].here == 1 and (k == counts[symbol] or open_at[symbol, k] >= end):
                meet_whole(bars[symbol], bar, tables.account.timeframe)
            if k < counts[symbol] and open_at[symbol, k] == first:
                cursor[symbol] = k + 1
                bar.here = 1
                bar.open_at = first
                bar.open = block.finer[0, symbol, k]
                bar.high = block.finer[1, symbol, k]
                bar.low = block.finer[2, symbol, k]
                bar.close = block.finer[3, symbol, k]
                bar.volume = block.finer[4, symbol, k]
                bar.fell = block.fell[symbol, k] if block.fallen == 1 else 0
        moments += 1


def meet_whole(bar: Bar, detail: Bar, length: int) -> None:
    """Make a bar its own only detail."""
    detail.here = 1
    detail.length = length
    detail.open_at = bar.open_at
    detail.open = bar.open
    detail.high = bar.high
    detail.low = bar.low
    detail.close = bar.close
    detail.volume = bar.volume
    detail.fell = 0


def run_rounds(
    state: State,
    bars: Rows[Bar],
    details: Rows[Rows[Bar]],
    signals: Rows[Signal],
    tables: Tables,
    steps: Steps,
    block: Block,
    equity: Any,
    start: int,
    room: int,
) -> int:
    """Advance through a block's rounds from `start`, skipping what is quiet.

    Returns the round to go on with: before the end only when the tape has less than `room` lines left.
    """
    symbols, strategies = len(state.positions), len(tables.strategies)
    rows = symbols * strategies
    scripted = False
    for strategy in range(strategies):
        if tables.strategies[strategy].script >= 0:
            scripted = True
    if block.drops == 0:
        for symbol in range(symbols):
            state.positions[symbol].paused = 0
    j = start
    while j < len(block.times):
        if symbols == 1 and not scripted:
            j = glide(state, bars, tables, steps, block, equity, j)
            if j == len(block.times):
                break
        if state.wallet.lines + room > len(state.tape):
            return j
        at = block.times[j]
        if block.aligned == 1 and not scripted and block.wanted[j] & (ENTER | ADD) == 0:
            busy = show_live(state, bars, tables, block, j)
        else:
            if block.aligned == 1:
                block.cursor[:] = j
            busy = show_bars(state, bars, tables, block, at, scripted) or scripted
        if busy:
            row = 0
            for strategy in range(strategies + 1):
                for symbol in range(symbols):
                    if bars[symbol].here == 1 or block.aligned == 1:
                        k = j if block.aligned == 1 else block.cursor[symbol] - 1
                        if row < rows:
                            read_signal(block, row, strategy, k, signals[row])
                            if block.drops == 1:
                                state.positions[symbol].paused = 1 if block.flags[row, k] & PAUSED else 0
                            if block.flags[row, k] != 0:
                                expect(block, symbol, k + 1)
                        if block.reads[strategy] > 0:
                            read_values(block, row, strategy, k, state.seen[row])
                    row += 1
            moments = show_details(bars, details, tables, block, at)
            advance(state, bars, details, moments, signals, tables, steps, at)
        else:
            mark(state, bars, tables, at)
            settle(state, tables, steps, at + tables.account.timeframe)
        equity[j] = state.wallet.equity
        j += 1
    return j
