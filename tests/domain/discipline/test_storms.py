"""Whatever happens to an account, nothing is entered that its tier, its limits, its kill switch or its tilt forbid."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from math import exp, nan
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from cryptoflow.domain.advance import advance
from cryptoflow.domain.codes import SELL, SLOTS, Cause, Guard, Leg, OrderType, Reason, Topic
from cryptoflow.domain.discipline.gates import PROMOTION
from cryptoflow.domain.discipline.nearing import spent
from cryptoflow.domain.discipline.standing import acknowledge
from cryptoflow.domain.discipline.transfers import transferred
from cryptoflow.domain.discipline.trips import Trip
from cryptoflow.domain.discipline.watching import release, trip
from cryptoflow.domain.records import Bar, Line, Signal
from cryptoflow.domain.tilt import hands as by_hand
from cryptoflow.domain.tilt.baseline import forget
from cryptoflow.domain.tilt.hands import Hands
from cryptoflow.domain.tilt.lockouts import close
from cryptoflow.domain.tilt.records import HABITS_SIZE
from cryptoflow.domain.tilt.watching import evaluate, happen
from cryptoflow.engine.plan import Plan
from cryptoflow.engine.runtime.owner import fresh_state, plain_steps, tables_of
from tests.domain.discipline.told import OPERATOR, RUN, Journal
from tests.domain.discipline.watched import ALLOWED, HOUR, LOT, MINUTE, NOISE, Watched
from tests.parity.test_parity import planned

START = 1_704_067_200_000
SYMBOLS, STRATEGIES = 3, 2
ALWAYS = {
    "cryptoflow": 1,
    "strategy": "always",
    "enter_long": "close > 0",
    "exit_long": "close < 0",
    "add_when": "close > 0",
    "max_adds": 2,
    "stop_loss": "3%",
}

seen: Counter[str] = Counter()


@cache
def plan_of(capital: int, order: str) -> Plan:
    """The plan of a spec with three symbols and two strategies that want in whenever they may.

    Of the gates to a tier only three are asked, which can be met in a storm: enough equity, two days and a trade.
    """
    entry = {"order": order} | ({} if order == "market" else {"offset": "10 bps", "expires": "4h"})
    spec = {
        "cryptoflow": 1,
        "name": "storm",
        "capital": f"{capital} USDT",
        "market": {"venue": "binance", "symbols": ["BTC/USDT", "ETH/USDT", "SOL/USDT"], "timeframe": "1h"},
        "strategies": [{"id": f"s{place}", "file": f"s{place}.yaml"} for place in range(STRATEGIES)],
        "sizing": {"use": "fraction", "share": "50%"},
        "execution": {"entry": entry},
    }
    plan = planned(spec, [ALWAYS, ALWAYS])
    assert plan is not None
    names = [step.name for step in plan.verbs.gates]

    def met(row: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
        easy = {"days_in_tier": (PROMOTION, 2.0), "trades": (PROMOTION, 1.0)}
        asked = zip(names, row, strict=True)
        return tuple(
            numbers if numbers[0] != PROMOTION or name == "equity" else easy.get(name, (0.0,))
            for name, numbers in asked
        )

    markets = tuple(replace(market, first_decision=0, lot=LOT, tick=0.0) for market in plan.markets)
    return plan._replace(markets=markets, gate_settings=tuple(map(met, plan.gate_settings)))


class Storm(RuleBasedStateMachine):
    """An account that anything may happen to, hour by hour."""

    @initialize(
        capital=st.sampled_from((700, 1_990, 2_100, 9_990, 10_100, 50_100)),
        order=st.sampled_from(("market", "market", "market", "limit", "stop_limit")),
        tier=st.sampled_from((4, 4, 4, 3, 2, 1)),
        seed=st.integers(0, 10**9),
        past=st.sampled_from(("none", "none", "rage", "luck")),
    )
    def begin(self, capital: int, order: str, tier: int, seed: int, past: str) -> None:
        plan = plan_of(capital, order)
        self.plan, self.random = plan._replace(tier=min(plan.tier, tier)), Random(seed)
        self.tables, self.steps = tables_of(self.plan), plain_steps(self.plan.verbs)
        self.state = fresh_state(self.plan)
        self.at, self.last = START, [30_000.0, 2_000.0, 100.0]
        self.lines: list[Line] = []
        self.watched = Watched(self.plan.tier, self.plan.capital)
        self.journal = Journal(self.plan, self.steps, START)
        self.hands, self.own = Hands(), [0.0] * HABITS_SIZE
        seen["runs"] += 1
        if past != "none":
            self.hours(1, 0.0005, 0.0)
            self.rage(6, 2.0, 5) if past == "rage" else self.transfer(30_000.0)
            for _ in range(3 if past == "rage" else 5):
                self.hours(24, 0.0005, 0.0)

    @rule(
        hours=st.sampled_from((1, 2, 6, 24)),
        wild=st.sampled_from((0.0005, 0.005, 0.02)),
        drift=st.sampled_from((0.0, 0.0, 0.003, -0.003, -0.03)),
    )
    def hours(self, hours: int, wild: float, drift: float) -> None:
        """Some hours pass; strategies want whatever they want."""
        for _ in range(hours):
            self.round(wild, drift)

    def round(self, wild: float, drift: float) -> None:
        """Play an hour, and read what it did."""
        state = self.state
        bars = [self.bar(symbol, wild, drift) for symbol in range(SYMBOLS)]
        signals = [self.signal() for _ in range(SYMBOLS * STRATEGIES)]
        asked = [signal.leave for signal in signals]
        stops = [position.stop if position.lots > 0 else nan for position in state.positions]
        state.wallet.lines = 0
        advance(state, bars, [bars], 1, signals, self.tables, self.steps, self.at)
        self.at += HOUR
        self.lines = [replace(line) for line in state.tape[: state.wallet.lines]]
        closed = False
        for line in self.lines:
            is_of_the_close = line.at >= self.at and not (line.topic == Topic.CANCEL and line.reason == Reason.EXPIRED)
            if not closed and (is_of_the_close or line.topic == Topic.GUARD):
                self.watched.close(state.wallet.equity, self.at)
                closed = True
            seen[self.watched.follow(line)] += 1
            self.learn_anew(line)
        if not closed:
            self.watched.close(state.wallet.equity, self.at)
        self.journal.round(self.lines, self.at, state.wallet.equity)
        self.check_account()
        self.check_exits(bars, asked, stops)

    def command(self, act: Callable[[], None], *, by: str = OPERATOR) -> None:
        """Let somebody act between two rounds, and read what that did."""
        self.state.wallet.lines = 0
        act()
        self.lines = [replace(line) for line in self.state.tape[: self.state.wallet.lines]]
        for line in self.lines:
            seen[self.watched.follow(line, commanded=True)] += 1
            self.learn_anew(line)
        self.journal.tell(self.lines, by)

    def learn_anew(self, line: Line) -> None:
        """What is usual by hand is learnt anew in another tier, as what a strategy usually does is."""
        if line.topic == Topic.GUARD and line.reason == Guard.DEMOTED:
            forget(self.own)

    @rule(hours=st.sampled_from((1, 5, 30, 24 * 8, 24 * 40)))
    def jump(self, hours: int) -> None:
        """The clock jumps ahead, or nobody was there."""
        self.at += hours * HOUR

    @rule(hours=st.integers(1, 30))
    def turn_back(self, hours: int) -> None:
        """Somebody turns the clock back."""
        self.at -= hours * HOUR

    @rule(amount=st.sampled_from((50.0, 5_000.0, 30_000.0, -200.0, -400.0)))
    def transfer(self, amount: float) -> None:
        """Money comes or goes."""
        wallet = self.state.wallet
        if wallet.cash - wallet.reserved + amount > 0.0:
            wallet.cash += amount
            transferred(wallet, self.state.halt, self.state.standing, amount)
            self.watched.transfer(amount)
            self.journal.moved(amount, self.at)
            seen["transfers"] += 1

    @rule()
    def kill(self) -> None:
        """The operator has had enough."""
        if self.state.halt.tripped == 0:
            found = Trip(Cause.MANUAL.value, 1.0, 1.0)
            self.command(lambda: trip(self.state, self.tables, found, self.at))

    @rule()
    def resume(self) -> None:
        """The operator lets trading go on, never before it was stopped, whatever the clock says."""
        halt = self.state.halt
        if halt.tripped == 1:
            self.command(lambda: release(self.state, max(self.at, halt.at)))

    @rule()
    def acknowledge(self) -> None:
        """The operator has read why the account was sent down."""
        if self.state.standing.demoted == 1:
            self.command(lambda: acknowledge(self.state, self.at))

    @rule(orders=st.integers(1, 6), grown=st.sampled_from((1.0, 2.0)), edits=st.sampled_from((0, 0, 5)))
    def rage(self, orders: int, grown: float, edits: int) -> None:
        """The operator loses by hand, at once orders as much or more, again and again, and edits limits."""
        symbol, size = self.plan.symbols[0], 100.0
        for _ in range(orders):
            self.at += MINUTE
            self.by_hand("trade", symbol, profit=-size / 10, stopped=True)
            self.by_hand("order", symbol, notional=size)
            size *= grown
        for _ in range(edits):
            self.by_hand("edit", "", setting="position", raised=True)
        self.at += -self.at % HOUR

    @rule()
    def swap(self) -> None:
        """The process is started again, which counts where it is locked out."""
        self.by_hand("restart", "")

    def by_hand(self, what: str, symbol: str, **how: Any) -> None:
        """Let the operator do something in another program, which tells of it."""
        state, at = self.state, self.at
        self.command(lambda: happen(state, at), by=RUN)
        self.journal.observed(what, symbol, at, **how)
        hands, tilt, signs = self.hands, state.tilt, state.signs
        if what == "order":
            by_hand.order(hands, tilt, signs, self.own, symbol, how["notional"], at)
        elif what == "trade":
            by_hand.trade(hands, self.own, symbol, how["profit"], stopped=how["stopped"], at=at)
            close(tilt, how["profit"], at)
        elif what == "edit":
            by_hand.edit(hands, tilt, signs, raised=how["raised"], at=at)
        else:
            by_hand.restart(tilt, signs, at)
        self.command(lambda: evaluate(state, self.tables, at), by=RUN)

    @rule()
    def restart(self) -> None:
        """The process dies, and another goes on with what the journal says."""
        self.command(lambda: happen(self.state, self.journal.latest), by=RUN)
        self.state = self.journal.restarted(self.state)
        seen["restarts"] += 1

    @invariant()
    def stands_where_the_tape_says(self) -> None:
        """The tier is where the moves on the tape have led, and never above what the spec allows."""
        if hasattr(self, "state"):
            watched, state = self.watched, self.state
            assert state.standing.tier == watched.tier <= self.tables.account.highest_tier
            assert bool(state.halt.tripped) == watched.killed
            assert bool(state.standing.demoted) == watched.demoted
            assert spent(state.halt, state.wallet) or not watched.is_spent()

    def check_account(self) -> None:
        """Hold all that is held and ordered together against the limits, after a round that entered something."""
        state, watched = self.state, self.watched
        entered = {line.symbol for line in self.lines if line.topic == Topic.ORDER and line.leg != Leg.EXIT}
        if not entered:
            return
        allowed, equity = ALLOWED[watched.tier], state.wallet.equity
        worths = [self.worth(symbol) for symbol in range(SYMBOLS)]
        assert sum(worth > 0 for worth in worths) <= max(allowed["positions"], self.held_before())
        for symbol in entered:
            assert worths[symbol] <= equity * allowed["position"] * watched.shares[symbol] * (1 + 1e-6)
        assert sum(worths) <= equity * (1 + 1e-6)
        assert state.wallet.reserved <= state.wallet.cash * (1 + NOISE)
        seen["smaller entries"] += watched.factor(self.at) < 1.0
        seen["re-entries"] += watched.stage < 1.0
        seen["restricted entries"] += watched.restricted
        seen["protected entries"] += watched.factor(self.at) < 1.0 and self.at < watched.promoted_at + 48 * HOUR

    def held_before(self) -> int:
        """How many positions there were that this round did not order."""
        return sum(position.lots > 0 for position in self.state.positions)

    def worth(self, symbol: int) -> float:
        """What is held of a symbol and ordered, without fees."""
        state, held = self.state, self.state.positions[symbol]
        worth = held.lots * LOT * held.last if held.lots > 0 else 0.0
        for slot in range(symbol * SLOTS, symbol * SLOTS + SLOTS):
            order = state.orders[slot]
            if order.type != OrderType.NONE and order.side != SELL:
                worth += order.lots * LOT * order.trigger
        return worth

    def check_exits(self, bars: list[Bar], asked: list[int], stops: list[float]) -> None:
        """Whoever may leave leaves: what was asked for, or is due, is under way, and a stop that was met has sold.

        An add lowers the stop with the average that was paid.
        """
        state = self.state
        for symbol, position in enumerate(state.positions):
            if not bars[symbol].here:
                continue
            if bars[symbol].low <= min(stops[symbol], position.stop if position.lots > 0 else stops[symbol]):
                sold = (line for line in self.lines if line.topic == Topic.FILL and line.leg == Leg.EXIT)
                assert any(line.symbol == symbol for line in sold)
                seen["stops"] += 1
            wanted = position.lots > 0 and asked[position.strategy * SYMBOLS + symbol]
            if wanted or (position.lots > 0 and state.halt.tripped):
                slots = state.orders[symbol * SLOTS : symbol * SLOTS + SLOTS]  # type: ignore[call-overload,index]
                assert any(order.type != OrderType.NONE and order.leg == Leg.EXIT for order in slots)
                seen["exits under way"] += 1

    def bar(self, symbol: int, wild: float, drift: float) -> Bar:
        """A symbol's bar, most of the time."""
        random, before = self.random, self.last[symbol]
        if random.random() < 0.05:
            return Bar()
        path = [before * exp(drift * step / 3 + random.gauss(0.0, wild)) for step in range(4)]
        self.last[symbol] = path[-1]
        return Bar(self.at, 1, path[0], max(path), min(path), path[-1], 1e9)

    def signal(self) -> Signal:
        """What a strategy says of a symbol."""
        random = self.random
        enter, leave, add = (int(random.random() < often) for often in (0.6, 0.15, 0.3))
        return Signal(enter=enter, leave=leave, add=add, score=random.choice((nan, random.random())))


def storms(count: int, steps: int) -> Counter[str]:
    """What happened in so many runs, each event of which was held against the rules."""
    seen.clear()
    run_state_machine_as_test(
        Storm, settings=settings(max_examples=count, stateful_step_count=steps, phases=[Phase.generate])
    )  # type: ignore[no-untyped-call]
    return Counter(seen)


HAPPENED = (
    "LIMIT_REACHED",
    "TRIPPED",
    "RELEASED",
    "PROMOTED",
    "DEMOTED",
    "TILTED2",
    "TILTED3",
    "refused LOCKED_OUT",
    "re-entries",
    "protected entries",
)


def test_no_sequence_of_events_enters_what_is_forbidden_or_refuses_an_exit() -> None:
    happened = storms(60, 60)
    assert happened["entries"] > 100
    assert happened["exits under way"] > 50
    assert (
        min(happened[word] for word in ("TRIPPED", "TILTED3", "refused LOCKED_OUT", "refused KILLED", "restarts")) > 3
    )


@pytest.mark.long
def test_no_sequence_of_200_events_does_in_a_thousand_runs(evidence: Callable[[str], None]) -> None:
    happened = storms(1_000, 200)
    evidence(
        f"{happened['runs']:,} storms of up to 200 events: {happened['entries']:,} entries and "
        f"{happened['entry fills']:,} of their fills, each held against tier, limits, kill switch and tilt, "
        f"{happened['exits under way']:,} exits under way when asked, {happened['TRIPPED']:,} kills, "
        f"{happened['PROMOTED']:,} promotions, {happened['DEMOTED']:,} demotions, {happened['TILTED3']:,} locks, "
        f"{happened['restarts']:,} restarts from the journal"
    )
    assert happened["runs"] >= 1_000
    assert happened["entries"] > 10_000
    assert min(happened[word] for word in HAPPENED) > 50
