"""The one place where state lies and moves: whatever feeds it, history or a venue, moves it round by round."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import nan
from typing import Any

from cryptoflow.domain.advance import advance, concerns, judge, quiet
from cryptoflow.domain.booking import Fill, book_end, book_purchase, book_sale
from cryptoflow.domain.codes import SLOTS
from cryptoflow.domain.discipline.gates import Finding
from cryptoflow.domain.discipline.records import DAYS, STOPS, Evidence, Halt, Standing, Streak
from cryptoflow.domain.discipline.watching import settle
from cryptoflow.domain.marks import mark
from cryptoflow.domain.records import (
    AccountView,
    Bar,
    Entry,
    Held,
    Line,
    Order,
    Pair,
    Past,
    Position,
    Rows,
    Signal,
    State,
    Steps,
    Tables,
    Verdict,
    Wallet,
)
from cryptoflow.domain.review import Reading
from cryptoflow.domain.tilt.records import HABITS_SIZE, SIGNS_SIZE, Tilt
from cryptoflow.engine import dailies, drops
from cryptoflow.engine.chains import namespace, source
from cryptoflow.engine.plan import Plan, Series, Verbs
from cryptoflow.engine.runtime.answers import answering, costing
from cryptoflow.engine.runtime.features import Features
from cryptoflow.engine.runtime.feed import inside
from cryptoflow.engine.runtime.scripts import asking


class Owner:
    """A run and all that changes in it; nothing else may touch it, and rounds come one after the other.

    Where a venue fills what is ordered, its fills lie in bars of a `resolution`, as in a backtest with bars that fine.
    """

    def __init__(self, plan: Plan, finer: Sequence[Series] = (), resolution: int | None = None) -> None:
        days = dailies.Rounds(plan)
        self.state, self.tables, self.steps = fresh_state(plan, days.table), tables_of(plan), plain_steps(plan.verbs)
        if resolution is not None:
            account = replace(plan.account, detail=min(plan.account.detail, resolution))
            self.tables = self.tables._replace(account=account)
        self.days = days if dailies.is_wanted(plan) else None
        self.drops = drops.Rounds(plan, self.state.positions) if drops.is_shown(plan) else None  # type: ignore[arg-type]  # lists in this driver
        self.features = Features(plan)
        self.signals = [Signal() for _ in range(len(plan.symbols) * len(plan.strategies))]
        self.spoken = [*self.signals, *(Signal() for _ in plan.symbols)]
        judge = self.drops.judge if self.drops is not None else None
        self.within = inside(finer, plan.account.timeframe, judge) if finer else None
        self.scripted = bool(plan.verbs.scripts)
        self.wallet = self.state.wallet
        self.tape: Sequence[Line] = self.state.tape  # type: ignore[assignment]  # a list in this driver

    def round(self, at: int, bars: Sequence[Bar]) -> Sequence[Line]:
        """Move by the round that opens at `at` and return what happened; the lines hold until the next round."""
        signals = self.signals
        if self.days is not None:
            self.days.add(at, bars)
        if self.drops is not None and self.within is None:
            self.drops.judge(bars)
            self.drops.mark(at, [bars])
        self.features.over(bars, self.spoken, self.state.seen)
        if not self.scripted and is_quiet(self.state, bars, signals, self.tables):
            mark(self.state, bars, self.tables, at)
            settle(self.state, self.tables, self.steps, at + self.tables.account.timeframe)
            return self.told()
        details = [bars] if self.within is None else self.within(at, bars)
        if self.drops is not None and self.within is not None:
            self.drops.mark(at, details)
        advance(self.state, bars, details, len(details), signals, self.tables, self.steps, at)
        return self.told()

    def close(self, at: int, bars: Sequence[Bar]) -> Sequence[Line]:
        """Move by the closes of the round that opens at `at`, where a venue fills orders; return what happened."""
        if self.days is not None:
            self.days.add(at, bars)
        if self.drops is not None:
            self.drops.judge(bars)
            self.drops.mark(at, [bars])
        self.features.over(bars, self.spoken, self.state.seen)
        judge(self.state, bars, self.signals, self.tables, self.steps, at)
        return self.told()

    def late(self, bars: Sequence[Bar]) -> None:
        """Take in bars that came when their round was over: they move what strategies compute, and decide nothing."""
        self.features.over(bars, self.spoken, self.state.seen)

    def bought(self, fill: Fill, strategy: int) -> Sequence[Line]:
        """Book a purchase that the venue told, and return what happened by it."""
        book_purchase(self.state, fill, strategy, self.tables.symbols[fill.symbol].lot, self.tables)
        return self.told()

    def sold(self, fill: Fill) -> Sequence[Line]:
        """Book a sale that the venue told, and return what happened by it."""
        book_sale(self.state, fill, self.tables.symbols[fill.symbol].lot)
        return self.told()

    def ended(self, at: int, symbol: int, number: int, reason: int, *, filled: bool) -> Sequence[Line]:
        """Close an order that is over at the venue, and return what happened by it."""
        book_end(self.state, at, symbol, number, reason, filled=filled)
        return self.told()

    def told(self) -> Sequence[Line]:
        """Return what is on the tape, and start it anew."""
        lines = self.tape[: self.wallet.lines]
        self.wallet.lines = 0
        return lines


def is_quiet(state: State, bars: Sequence[Bar], signals: Sequence[Signal], tables: Tables) -> bool:
    """Say whether a round can change nothing but marks."""
    positions, strategies, timeframe = state.positions, tables.strategies, tables.account.timeframe
    symbols, rows = len(positions), len(signals)
    for symbol, bar in enumerate(bars):
        if bar.here:
            position = positions[symbol]
            if not quiet(position, bar, strategies[position.strategy].max_bars if position.lots > 0.0 else 0):
                return False
            if bar.open_at + timeframe >= tables.symbols[symbol].first_decision:
                for row in range(symbol, rows, symbols):
                    signal = signals[row]
                    asks = signal.enter or signal.leave or signal.add
                    if asks and concerns(position, row // symbols, signal.enter, signal.leave, signal.add):
                        return False
    return True


def plain_steps(verbs: Verbs) -> Steps:
    """Return the plugins' verbs strung together, to be called as plain Python."""
    asked = {script.decide: asking(script) for script in verbs.scripts}
    fills = {step.function: costing(step) for step in verbs.slippages}
    others: dict[Any, Any] = {step.reading: Reading(nan, nan, 0) for step in verbs.rules}
    others |= {step.function: Finding(nan, nan, 0) for step in verbs.gates}

    def prepared(function: Callable[..., Any]) -> Callable[..., Any]:
        return (asked | fills).get(function) or answering(function, others.get(function, nan))

    scope = namespace(verbs, prepared)
    exec(compile(source(verbs, plain=True), "<chains>", "exec"), scope)  # noqa: S102 - our own text, as in batch
    return Steps(*(scope[name] for name in Steps._fields))


def fresh_state(plan: Plan, dailies: Rows[Any] = ()) -> State:
    """Return the state a run starts in: all cash, nothing held, nothing open."""
    symbols, strategies = len(plan.symbols), len(plan.strategies)
    alike, closes = plan.pair_sizes()
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
        live=[0] * symbols,
        wanting=[0] * (symbols * strategies),
        halt=Halt(high=plan.capital),
        streak=Streak(),
        standing=Standing(tier=plan.tier, day_base=plan.capital, month_high=plan.capital),
        evidence=Evidence(),
        days=[0.0] * DAYS,
        stops=[0.0] * (2 * STOPS),
        dailies=dailies or [[nan]] * symbols,
        alike=[nan] * alike,
        closes=[nan] * (closes - 1) + [0.0],
        tilt=Tilt(),
        signs=[0.0] * SIGNS_SIZE,
        habits=[0.0] * HABITS_SIZE,
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
        plan.tiers,
        plan.gate_settings,
        plan.phases,
        plan.resume,
        plan.tilt,
    )
