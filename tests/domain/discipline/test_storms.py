"""Whatever happens to an account, nothing is entered that its tier, its limits or its kill switch forbid."""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from math import exp, nan
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from cryptoflow.domain.advance import advance
from cryptoflow.domain.calendar import DAY
from cryptoflow.domain.codes import SELL, SLOTS, Guard, Leg, OrderType, Reason, Topic
from cryptoflow.domain.discipline.standing import acknowledge
from cryptoflow.domain.discipline.transfers import transferred
from cryptoflow.domain.discipline.trips import Trip
from cryptoflow.domain.discipline.watching import release, trip
from cryptoflow.domain.records import Bar, Line, Signal, State
from cryptoflow.engine.plan import Plan
from cryptoflow.engine.runtime.owner import fresh_state, plain_steps, tables_of
from tests.parity.test_parity import planned

HOUR = 3_600_000
START = 1_704_067_200_000
SYMBOLS, STRATEGIES = 3, 2
ALWAYS = {"cryptoflow": 1, "strategy": "always", "enter_long": "close > 0", "exit_long": "close < 0", "stop_loss": "3%"}

ALLOWED = {
    1: {"order": 100.0, "position": 0.05, "positions": 1, "symbols": 1, "strategies": 1, "day": 25.0},
    2: {"order": 500.0, "position": 0.10, "positions": 3, "symbols": 9, "strategies": 3, "day": 100.0},
    3: {"order": 2_000.0, "position": 0.15, "positions": 5, "symbols": 9, "strategies": 5, "day": 500.0},
    4: {"order": 10_000.0, "position": 0.20, "positions": 10, "symbols": 9, "strategies": 10, "day": 1_000.0},
}
"""The table of tiers as it is written for people, once more."""

UNLOCKED = {OrderType.MARKET: 1, OrderType.LIMIT: 2, OrderType.STOP: 3, OrderType.STOP_LIMIT: 3}
RISK = 0.01
NOISE = 1e-9

seen: Counter[str] = Counter()


@cache
def plan_of(capital: int, order: str) -> Plan:
    """The plan of a spec with three symbols and two strategies that want in whenever they may."""
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
    markets = tuple(market_of(market) for market in plan.markets)
    return plan._replace(markets=markets)


def market_of(market: Any) -> Any:
    """A market that decides at once and whose lots are small, so that limits bind and lots do not."""
    from dataclasses import replace

    return replace(market, first_decision=0, lot=1e-5, tick=0.0)


class Storm(RuleBasedStateMachine):
    """An account that anything may happen to, hour by hour."""

    @initialize(
        capital=st.sampled_from((700, 2_100, 10_100, 50_100)),
        order=st.sampled_from(("market", "market", "market", "limit", "stop_limit")),
        tier=st.sampled_from((4, 4, 4, 3, 2, 1)),
        seed=st.integers(0, 10**9),
    )
    def begin(self, capital: int, order: str, tier: int, seed: int) -> None:
        plan = plan_of(capital, order)
        self.plan, self.random = plan._replace(tier=min(plan.tier, tier)), Random(seed)
        self.tables, self.steps = tables_of(self.plan), plain_steps(self.plan.verbs)
        self.state = fresh_state(self.plan)
        self.at, self.last = START, [30_000.0, 2_000.0, 100.0]
        self.lines: list[Line] = []
        self.tier, self.killed, self.demoted = self.plan.tier, False, False
        seen["runs"] += 1

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
        bars = [self.bar(symbol, wild, drift) for symbol in range(SYMBOLS)]
        signals = [self.signal() for _ in range(SYMBOLS * STRATEGIES)]
        asked = [signal.leave for signal in signals]
        self.state.wallet.lines = 0
        advance(self.state, bars, [bars], 1, signals, self.tables, self.steps, self.at)
        self.at += HOUR
        self.read()
        self.check_exits(bars, asked)

    @rule(hours=st.sampled_from((1, 5, 30, 24 * 8, 24 * 40)))
    def jump(self, hours: int) -> None:
        """The clock jumps ahead, or nobody was there."""
        self.at += hours * HOUR

    @rule(hours=st.integers(1, 30))
    def turn_back(self, hours: int) -> None:
        """Somebody turns the clock back."""
        self.at -= hours * HOUR

    @rule(amount=st.sampled_from((50.0, 5_000.0, -200.0, -400.0)))
    def transfer(self, amount: float) -> None:
        """Money comes or goes."""
        wallet = self.state.wallet
        if wallet.cash - wallet.reserved + amount > 0.0:
            wallet.cash += amount
            transferred(wallet, self.state.halt, self.state.standing, amount)
            seen["transfers"] += 1

    @rule()
    def kill(self) -> None:
        """The operator has had enough."""
        if self.state.halt.tripped == 0:
            self.state.wallet.lines = 0
            trip(self.state, self.tables, Trip(0, 1.0, 1.0), self.at)
            self.read()

    @rule()
    def resume(self) -> None:
        """The operator lets trading go on."""
        if self.state.halt.tripped == 1:
            self.state.wallet.lines = 0
            release(self.state, self.at)
            self.read()

    @rule()
    def acknowledge(self) -> None:
        """The operator has read why the account was sent down."""
        if self.state.standing.demoted == 1:
            self.state.wallet.lines = 0
            acknowledge(self.state, self.at)
            self.read()

    @rule()
    def restart(self) -> None:
        """The process dies, and another goes on with what was kept."""
        self.state = State(*deepcopy(tuple(self.state)))
        seen["restarts"] += 1

    @invariant()
    def stands_where_the_tape_says(self) -> None:
        """The tier is where the moves on the tape have led, and never above what the spec allows."""
        if hasattr(self, "state"):
            assert self.state.standing.tier == self.tier
            assert bool(self.state.halt.tripped) == self.killed
            assert bool(self.state.standing.demoted) == self.demoted

    def read(self) -> None:
        """Read what was told, in its order, and hold every entry against the rules as they are then."""
        self.lines = [deepcopy(line) for line in self.state.tape[: self.state.wallet.lines]]
        entered = 0
        for line in self.lines:
            if line.topic == Topic.GUARD:
                self.move(line)
            elif line.topic == Topic.ORDER and line.leg != Leg.EXIT:
                self.check_entry(line)
                entered += 1
            elif line.topic == Topic.REFUSED:
                seen[f"refused {Reason(line.reason).name}"] += 1
        if entered:
            self.check_account()

    def move(self, line: Line) -> None:
        """Follow a line about the account's discipline."""
        what = Guard(line.reason)
        seen[what.name] += 1
        if what is Guard.PROMOTED:
            assert line.number == self.tier + 1
        if what is Guard.DEMOTED:
            assert line.number == max(1, self.tier - 1)
        if what in (Guard.PROMOTED, Guard.DEMOTED):
            self.tier = line.number
        self.killed = what is Guard.TRIPPED or (self.killed and what is not Guard.RELEASED)
        self.demoted = what is Guard.DEMOTED or (self.demoted and what is not Guard.ACKNOWLEDGED)

    def check_entry(self, line: Line) -> None:
        """Hold one entry against the tier's table and the rules."""
        seen["entries"] += 1
        state, allowed = self.state, ALLOWED[self.tier]
        assert not self.killed
        assert not self.demoted
        assert UNLOCKED[OrderType(line.type)] <= self.tier
        assert line.symbol < allowed["symbols"]
        assert line.strategy < allowed["strategies"]
        equity, worth = state.wallet.equity, line.lots * 1e-5 * line.price
        most = allowed["order"] * self.factor(line.at)
        assert worth <= most * (1 + NOISE)
        assert line.stop < line.price
        assert worth * (line.price - line.stop) / line.price <= equity * RISK * (1 + NOISE)
        limit = min(allowed["day"], state.wallet.day_open * 0.05)
        assert state.wallet.day_open - equity < limit

    def factor(self, at: int) -> float:
        """The share of its size that an entry keeps after a kill and after half of a day's loss."""
        halt, wallet = self.state.halt, self.state.wallet
        days = (at - halt.released_at) / DAY
        resumed = 0.25 if days < 1 else 0.5 if days < 2 else 0.75 if days < 3 else 1.0
        limit = min(ALLOWED[self.tier]["day"], wallet.day_open * 0.05)
        return min(resumed, 0.5 if wallet.day_open - wallet.equity >= limit / 2 else 1.0)

    def check_account(self) -> None:
        """Hold all that is held and ordered together against the limits, after a round that entered something."""
        state, allowed = self.state, ALLOWED[self.tier]
        worths = [self.worth(symbol) for symbol in range(SYMBOLS)]
        assert sum(worth > 0 for worth in worths) <= max(allowed["positions"], self.held_before())
        entered = {line.symbol for line in self.lines if line.topic == Topic.ORDER and line.leg != Leg.EXIT}
        for symbol in entered:
            assert worths[symbol] <= state.wallet.equity * allowed["position"] * (1 + 1e-6)
        assert sum(worths) <= state.wallet.equity * (1 + 1e-6)
        assert state.wallet.reserved <= state.wallet.cash * (1 + NOISE)

    def held_before(self) -> int:
        """How many positions there were that this round did not order."""
        return sum(position.lots > 0 for position in self.state.positions)

    def worth(self, symbol: int) -> float:
        """What is held of a symbol and ordered, without fees."""
        state, held = self.state, self.state.positions[symbol]
        worth = held.lots * 1e-5 * held.last if held.lots > 0 else 0.0
        for slot in range(symbol * SLOTS, symbol * SLOTS + SLOTS):
            order = state.orders[slot]
            if order.type != OrderType.NONE and order.side != SELL:
                worth += order.lots * 1e-5 * order.trigger
        return worth

    def check_exits(self, bars: list[Bar], asked: list[int]) -> None:
        """Whoever may leave leaves: no exit is refused, and one that was asked for, or is due, is under way."""
        state = self.state
        for line in self.lines:
            assert not (line.topic == Topic.REFUSED and line.leg == Leg.EXIT)
        for symbol, position in enumerate(state.positions):
            if position.lots <= 0 or not bars[symbol].here:
                continue
            wanted = asked[position.strategy * SYMBOLS + symbol]
            if wanted or state.halt.tripped:
                slots = state.orders[symbol * SLOTS : symbol * SLOTS + SLOTS]  # type: ignore[call-overload,index]
                assert any(order.type != OrderType.NONE and order.leg == Leg.EXIT for order in slots)
                seen["exits"] += 1

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


def test_no_sequence_of_events_enters_what_is_forbidden_or_refuses_an_exit() -> None:
    happened = storms(40, 60)
    assert happened["entries"] > 100
    assert happened["exits"] > 50
    assert min(happened[word] for word in ("TRIPPED", "RELEASED", "refused KILLED", "refused LOCKED")) > 3


@pytest.mark.long
def test_no_sequence_of_200_events_does_in_a_thousand_runs(evidence: Callable[[str], None]) -> None:
    happened = storms(1_000, 200)
    evidence(
        f"{happened['runs']:,} storms of up to 200 events: {happened['entries']:,} entries, each held against tier, "
        f"limits and kill switch, {happened['exits']:,} exits under way when asked, {happened['TRIPPED']:,} kills, "
        f"{happened['DEMOTED']:,} demotions, {happened['restarts']:,} restarts"
    )
    assert happened["runs"] >= 1_000
    assert happened["entries"] > 10_000
    assert min(happened["DEMOTED"], happened["ACKNOWLEDGED"]) > 100
