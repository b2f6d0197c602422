"""Money is conserved, after every round, whatever is ordered and however the bars fall."""

from collections.abc import Callable
from dataclasses import replace
from math import exp, nan
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptoflow.domain.advance import advance
from cryptoflow.domain.codes import OrderType, TimeInForce
from cryptoflow.domain.records import Bar, Signal, State, Steps, Tables
from cryptoflow.engine.plan import Plan
from cryptoflow.engine.runtime.features import Features
from cryptoflow.engine.runtime.feed import inside, rounds
from cryptoflow.engine.runtime.owner import fresh_state, plain_steps, tables_of
from tests.domain.books import Books
from tests.parity.draws import MINUTE, START, definitions, market, specs
from tests.parity.test_parity import planned

SYMBOLS, STRATEGIES, ROUNDS = 2, 2, 60

WIDE = {
    "cryptoflow": 1,
    "name": "wild",
    "capital": "1000 USDT",
    "discipline": "off",
    "market": {"venue": "binance", "symbols": ["BTC/USDT", "ETH/USDT"], "timeframe": "1m"},
    "strategies": [{"id": f"s{place}", "file": f"s{place}.yaml"} for place in range(STRATEGIES)],
    "sizing": {"use": "all_in"},
}
ALWAYS = {"cryptoflow": 1, "strategy": "always", "enter_long": "close > 0", "max_bars": 9}

prices = st.sampled_from((0.0003, 1.0, 30.0, 100.0, 2_000.0, 60_000.0))
shares = st.sampled_from((nan, nan, 0.002, 0.02, 0.5))


@st.composite
def wild_plans(draw: st.DrawFn, base: Plan) -> Plan:
    """A plan of two strategies and two symbols with settings no sane person has, so that every road is taken."""
    markets = [
        replace(
            market,
            lot=1.0 if whole == 0 else draw(st.sampled_from((1e-5, 0.001, 1.0))),
            whole=whole,
            tick=draw(st.sampled_from((0.0, 0.0001, 0.01))),
            min_notional=draw(st.sampled_from((0.0, 10.0))),
            maker_fee=draw(st.sampled_from((0.0, 0.001))),
            taker_fee=draw(st.sampled_from((0.0, 0.001, 0.03))),
            first_decision=0,
        )
        for market, whole in zip(base.markets, draw(st.lists(st.integers(0, 1), min_size=2, max_size=2)), strict=True)
    ]
    strategies = [
        replace(
            strategy,
            says_size=1,
            allocation=draw(st.sampled_from((0.4, 1.0))),
            spends=draw(st.integers(0, 1)),
            order_type=draw(st.sampled_from([kind.value for kind in OrderType if kind])),
            time_in_force=draw(st.sampled_from([force.value for force in TimeInForce])),
            post_only=draw(st.integers(0, 1)),
            offset=draw(st.sampled_from((0.0, 0.0005, 0.01))),
            expires=draw(st.sampled_from((0, MINUTE, 10 * MINUTE))),
            max_bars=draw(st.sampled_from((0, 3))),
            cooldown=draw(st.sampled_from((0, 3 * MINUTE))),
            max_adds=draw(st.integers(0, 3)),
            stop_share=draw(shares),
            take_share=draw(shares),
            trail_share=draw(shares),
        )
        for strategy in base.strategies
    ]
    account = replace(
        base.account,
        delay=draw(st.sampled_from((0, MINUTE))),
        fill_on_touch=draw(st.integers(0, 1)),
        volume_share=draw(st.sampled_from((0.1, 1.0))),
        cost_factor=draw(st.sampled_from((0.0, 1.0, 2.0))),
        base_fees=draw(st.integers(0, 1)),
    )
    return base._replace(account=account, markets=tuple(markets), strategies=tuple(strategies))


def wild_bars(random: Random, at: int, last: list[float]) -> list[Bar]:
    """A bar for most symbols, some of them jumping, some without volume; `last` has the closes and moves on."""
    bars = []
    for symbol, before in enumerate(last):
        if random.random() < 0.1:
            bars.append(Bar())
            continue
        wild = random.choice((0.001, 0.01, 0.1))
        path = [before * exp(random.gauss(0.0, wild)) for _ in range(4)]
        volume = random.choice((0.0, 1.0, 1e9)) * 100.0 / before
        bars.append(Bar(at, 1, path[0], max(path), min(path), path[-1], volume))
        last[symbol] = path[-1]
    return bars


def wild_signals(random: Random, signals: list[Signal], last: list[float]) -> None:
    """Ask for anything: more than there is, less than nothing, stops above the price, entries with exits."""
    for row, signal in enumerate(signals):
        price = last[row % SYMBOLS]
        signal.enter, signal.leave, signal.add = (int(random.random() < often) for often in (0.4, 0.2, 0.4))
        signal.score = random.choice((nan, random.random()))
        signal.size = random.choice((nan, -1.0, 0.0, 0.1, 0.5, 1.0, 3.0))
        signal.stop_distance = random.choice((nan, nan, price * 0.01))
        signal.stop_at = random.choice((nan, nan, price * random.choice((0.9, 1.1))))
        signal.take_distance = random.choice((nan, nan, price * 0.01))
        signal.take_at = random.choice((nan, nan, price * random.choice((0.9, 1.1))))
        signal.trail_distance = random.choice((nan, nan, price * 0.02))
        signal.leave_share = random.choice((nan, 0.3, 1.0))


def wild_runs(count: int) -> list[Books]:
    """Close the books on every round of so many runs in which anything is asked of any bars."""
    base = planned(WIDE, [ALWAYS, ALWAYS])
    assert base is not None
    steps = plain_steps(base.verbs)
    seen: list[Books] = []

    @settings(max_examples=count)
    @given(plan=wild_plans(base), last=st.lists(prices, min_size=2, max_size=2), seed=st.integers(0, 10**9))
    def draw(plan: Plan, last: list[float], seed: int) -> None:
        random, state, tables = Random(seed), fresh_state(plan), tables_of(plan)
        signals = [Signal() for _ in range(SYMBOLS * STRATEGIES)]
        seen.append(Books(state, tables))
        for number in range(ROUNDS):
            at = START + number * MINUTE
            bars = wild_bars(random, at, last)
            wild_signals(random, signals, last)
            played(state, bars, [bars], signals, tables, steps, at, seen[-1])

    draw()
    return seen


def drawn_runs(count: int, bars: int) -> list[Books]:
    """Close the books on every round of so many runs of drawn specs, with sizers, rules and slippage."""
    seen: list[Books] = []

    @settings(max_examples=count)
    @given(spec=specs(), said=st.lists(definitions(), min_size=2, max_size=2), start=st.integers(0, 10**6))
    def draw(spec: dict[str, Any], said: list[dict[str, Any]], start: int) -> None:
        plan = planned(spec, said[: len(spec["strategies"])])
        if plan is None:
            return
        state, tables, steps, features = fresh_state(plan), tables_of(plan), plain_steps(plan.verbs), Features(plan)
        signals = [Signal() for _ in range(len(plan.symbols) * len(plan.strategies))]
        seen.append(Books(state, tables))
        coarse, finer = market(plan, start, bars)
        within = inside(finer, plan.account.timeframe)
        for at, here in rounds(coarse):
            features.over(here, [*signals, *(Signal() for _ in here)], state.seen)
            played(state, here, within(at, here) if finer else [here], signals, tables, steps, at, seen[-1])

    draw()
    return seen


def played(
    state: State,
    bars: list[Bar],
    details: list[list[Bar]],
    signals: list[Signal],
    tables: Tables,
    steps: Steps,
    at: int,
    books: Books,
) -> None:
    """Play one round, and close the books on it."""
    advance(state, bars, details, len(details), signals, tables, steps, at)
    books.close()
    state.wallet.lines = 0


def test_money_is_conserved_under_orders_and_bars_drawn_at_random() -> None:
    seen = wild_runs(60)
    assert sum(books.trades for books in seen) > 5 * len(seen)
    assert sum(books.fills == 0 for books in seen) < 0.3 * len(seen)


def test_money_is_conserved_under_drawn_specs() -> None:
    seen = drawn_runs(20, bars=150)
    assert sum(books.fills for books in seen) > 10 * len(seen)


@pytest.mark.long
def test_money_is_conserved_in_thousands_of_drawn_runs(evidence: Callable[[str], None]) -> None:
    seen = [*wild_runs(2_000), *drawn_runs(300, bars=300)]
    fills, trades = sum(books.fills for books in seen), sum(books.trades for books in seen)
    evidence(f"{len(seen):,} runs, {fills:,} fills and {trades:,} trades, every round by a second set of books")
    assert trades > 5 * len(seen)
