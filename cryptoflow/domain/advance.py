"""One round of a run, from bars and signals to orders and fills: the order of steps stands here and nowhere else."""

from math import isnan

from cryptoflow.domain.ask import ask
from cryptoflow.domain.decide import decide
from cryptoflow.domain.discipline.watching import settle
from cryptoflow.domain.fills import fill_at_open, fill_inside
from cryptoflow.domain.marks import find_live, mark
from cryptoflow.domain.records import Bar, Position, Rows, Signal, State, Steps, Tables


def advance(
    state: State,
    bars: Rows[Bar],
    details: Rows[Rows[Bar]],
    moments: int,
    signals: Rows[Signal],
    tables: Tables,
    steps: Steps,
    at: int,
) -> None:
    """Move a run by the round that opens at `at`; state moves in place, what happened is on its tape.

    Orders meet the first `moments` of `details`, the finer bars inside this round's, or these themselves where there
    are none finer. The signals are those of this round's closes, so what they order fills in the next round.
    """
    for moment in range(moments):
        fill_at_open(state, details[moment], tables, steps)
        fill_inside(state, details[moment], tables, steps)
    judge(state, bars, signals, tables, steps, at)


def judge(state: State, bars: Rows[Bar], signals: Rows[Signal], tables: Tables, steps: Steps, at: int) -> None:
    """Move a run by the closes of the round that opens at `at`: prices are marked, and what follows is ordered.

    Where a venue fills orders, and its fills are booked as they are told, this is all that a round does.
    """
    mark(state, bars, tables, at)
    settle(state, tables, steps, at + tables.account.timeframe)
    ask(state, bars, signals, tables, steps)
    decide(state, bars, signals, tables, steps)
    find_live(state)


def quiet(position: Position, bar: Bar, max_bars: int) -> bool:
    """Say whether a bar without signals can change nothing but the mark of this position.

    A driver may skip fills and decisions in a round that is quiet for every symbol, and only mark.
    """
    if position.open_orders > 0:
        return False
    if position.lots <= 0.0:
        return True
    if max_bars > 0 and position.bars + 1 >= max_bars:
        return False
    still = isnan(position.stop) or bar.low > position.stop
    return still and (isnan(position.target) or bar.high < position.target)


def concerns(position: Position, strategy: int, enter: int, leave: int, add: int) -> bool:
    """Say whether a strategy's flags ask anything of the account as it stands.

    >>> concerns(Position(), 0, enter=0, leave=1, add=1), concerns(Position(lots=1.0, strategy=0), 0, 1, 0, 0)
    (False, False)
    """
    if position.open_orders > 0:
        return enter != 0 or leave != 0 or add != 0
    if position.lots <= 0.0:
        return enter != 0 and leave == 0
    if position.strategy == strategy:
        return leave != 0 or add != 0
    return enter != 0 and leave == 0
