"""The event driver on history: the same decision as plain Python, one round at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from itertools import islice
from math import nan
from operator import attrgetter
from typing import Any

import numpy as np

from cryptoflow.domain.advance import advance
from cryptoflow.domain.records import (
    SLOTS,
    AccountView,
    Bar,
    Entry,
    Held,
    Line,
    Order,
    Pair,
    Past,
    Position,
    Signal,
    State,
    Steps,
    Tables,
    Verdict,
    Wallet,
)
from cryptoflow.engine.chains import is_foreign, namespace, source
from cryptoflow.engine.memory import layout
from cryptoflow.engine.plan import Columns, Outcome, Plan, Verbs
from cryptoflow.engine.runtime.features import Features

RAISED = (ArithmeticError, AssertionError, AttributeError, LookupError, NameError, RuntimeError, TypeError, ValueError)
"""What a guest's verb may raise where compiled code goes on with a number that is none."""


def answering(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Let a guest's verb that raises answer NaN, which refuses an entry; all others stay as they are."""
    if not is_foreign(verb):
        return verb

    def answer(*given: Any) -> Any:
        try:
            return verb(*given)
        except RAISED:
            return nan

    return answer


def plain_steps(verbs: Verbs) -> Steps:
    """Return the plugins' verbs strung together, to be called as plain Python."""
    fills = {step.function for step in verbs.slippages}  # what a fill loses cannot be left open
    fills |= {script.decide for script in verbs.scripts}
    scope = namespace(verbs, lambda function: function if function in fills else answering(function))
    exec(compile(source(verbs, plain=True), "<chains>", "exec"), scope)  # noqa: S102 - our own text, as in the batch driver
    return Steps(scope["ask"], scope["size"], scope["review"], scope["slip"])


def fresh_state(plan: Plan) -> State:
    """Return the state a run starts in: all cash, nothing held, nothing open."""
    symbols, strategies = len(plan.symbols), len(plan.strategies)
    return State(
        wallet=Wallet(cash=plan.capital, equity=plan.capital, peak=plan.capital, day_open=plan.capital),
        positions=[Position() for _ in range(symbols)],
        orders=[Order() for _ in range(symbols * SLOTS)],
        pairs=[Pair() for _ in range(symbols * strategies)],
        entry=Entry(),
        account=AccountView(),
        verdict=Verdict(),
        held=Held(),
        pasts=[Past() for _ in range(strategies)],
        minds=[[script and script.state()] for script in plan.scripts_by_strategy() for _ in range(symbols)],
        seen=[[nan] * count for count in plan.reads() for _ in range(symbols)],
        tape=[Line() for _ in range(plan.lines_per_round())],
    )


def tables_of(plan: Plan) -> Tables:
    """Lay the plan's settings out for plain Python."""
    return Tables(
        plan.account,
        plan.markets,
        plan.strategies,
        plan.script_settings,
        plan.sizer_settings,
        plan.rule_settings,
        plan.slippage_settings,
    )


def rounds(market: Sequence[Columns]) -> Iterator[tuple[int, list[Bar]]]:
    """Yield each round's open and a bar per symbol; where a symbol has none its bar is not `here`."""
    opens = [columns.open_at.tolist() for columns in market]
    prices = [list(zip(*(column.tolist() for column in columns[1:]), strict=True)) for columns in market]
    cursor = [0] * len(market)
    for at in sorted(set().union(*opens)):
        bars = []
        for symbol, open_at in enumerate(opens):
            place = cursor[symbol]
            if place < len(open_at) and open_at[place] == at:
                bars.append(Bar(at, 1, *prices[symbol][place]))
                cursor[symbol] = place + 1
            else:
                bars.append(Bar())
        yield at, bars


def inside(finer: Sequence[Columns], plan: Plan) -> Callable[[int, list[Bar]], list[list[Bar]]]:
    """Return what finds the finer bars inside a round, those that open together in one list."""
    pending = peekable(rounds(finer))

    def within(at: int, bars: list[Bar]) -> list[list[Bar]]:
        if not finer:
            return [bars]
        end = at + plan.account.timeframe
        return [found for open_at, found in pending(end) if open_at >= at]

    return within


def peekable(coming: Iterator[tuple[int, list[Bar]]]) -> Callable[[int], list[tuple[int, list[Bar]]]]:
    """Return what takes the rounds before a moment, each once."""
    waiting = list(islice(coming, 1))

    def before(end: int) -> list[tuple[int, list[Bar]]]:
        taken = []
        while waiting and waiting[0][0] < end:
            taken.append(waiting.pop())
            waiting.extend(islice(coming, 1))
        return taken

    return before


def run(plan: Plan, market: Sequence[Columns], finer: Sequence[Columns] = ()) -> Outcome:
    """Run a plan over its bars and return what happened."""
    state, tables, steps = fresh_state(plan), tables_of(plan), plain_steps(plan.verbs)
    features = Features(plan)
    within = inside(finer, plan)
    signals = [Signal() for _ in range(len(plan.symbols) * len(plan.strategies))]
    wallet = state.wallet
    tell = attrgetter(*(field.name for field in fields(Line)))
    lines: list[Any] = []
    times, equity = [], []
    for at, bars in rounds(market):
        features.over(bars, signals, state.seen)
        details = within(at, bars)
        advance(state, bars, details, len(details), signals, tables, steps, at)
        lines.extend(tell(state.tape[place]) for place in range(wallet.lines))
        wallet.lines = 0
        times.append(at)
        equity.append(wallet.equity)
    tape = np.array(lines, dtype=layout(Line))
    counts = {name: getattr(wallet, name) for name in Wallet.__slots__}
    return Outcome(tape, np.array(times, dtype=np.int64), np.array(equity), counts)
