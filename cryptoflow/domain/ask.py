"""Strategies in Python, asked once per bar and symbol what they want, knowing the account as it then is."""

from math import nan

from cryptoflow.domain.records import Bar, Held, Position, Rows, Signal, State, Steps, Tables
from cryptoflow.domain.slots import owner_of


def ask(state: State, bars: Rows[Bar], signals: Rows[Signal], tables: Tables, steps: Steps) -> None:
    """Let every strategy in Python write its signal of each symbol that has a bar in this round."""
    symbols = len(state.positions)
    for row in range(len(signals)):
        strategy, symbol = row // symbols, row % symbols
        script = tables.strategies[strategy].script
        if script >= 0 and bars[symbol].here == 1:
            silence(signals[row])
            show_position(state.held, state.positions[symbol], strategy, owner_of(state, symbol))
            steps.ask(
                script,
                state.minds[row],
                bars[symbol],
                state.held,
                signals[row],
                state.seen[row],
                tables.scripts[strategy],
            )


def silence(signal: Signal) -> None:
    """Make a signal say nothing."""
    signal.enter = 0
    signal.leave = 0
    signal.add = 0
    signal.leave_share = nan
    signal.score = nan
    signal.size = nan
    signal.stop_distance = nan
    signal.stop_at = nan
    signal.take_distance = nan
    signal.take_at = nan
    signal.trail_distance = nan


def show_position(held: Held, position: Position, strategy: int, owner: int) -> None:
    """Write down what is the strategy's own of a position; to all others the symbol is flat.

    The owner of a symbol is who holds it or waits to: open orders are its own and nobody else's.
    """
    mine = position.lots > 0.0 and position.strategy == strategy
    held.lots = position.lots if mine else 0.0
    held.price = position.price if mine else nan
    held.share = position.last / position.price - 1.0 if mine else 0.0
    held.bars = position.bars if mine else 0
    held.adds = position.adds if mine else 0
    held.stop = position.stop if mine else nan
    held.target = position.target if mine else nan
    held.pending = 1 if position.open_orders > 0 and owner == strategy else 0
