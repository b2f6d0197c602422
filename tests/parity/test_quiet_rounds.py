"""A driver may skip what a round cannot change: where `quiet` and `concerns` say so, nothing happens."""

from dataclasses import astuple
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cryptoflow.domain.advance import advance, concerns, quiet
from cryptoflow.domain.records import Signal
from cryptoflow.engine.plan import Plan
from cryptoflow.engine.runtime.features import Features
from cryptoflow.engine.runtime.feed import inside, rounds
from cryptoflow.engine.runtime.owner import fresh_state, plain_steps, tables_of
from tests.parity.draws import definitions, market, specs
from tests.parity.test_parity import planned


def calm_rounds(plan: Plan, start: int) -> int:
    """Walk through a drawn run and check every round that may be skipped; return how many there were."""
    state, tables, steps, features = fresh_state(plan), tables_of(plan), plain_steps(plan.verbs), Features(plan)
    wallet, count = state.wallet, len(plan.symbols)
    signals = [Signal() for _ in range(count * len(plan.strategies))]
    calm = 0
    drawn, finer = market(plan, start)
    within = inside(finer, plan.account.timeframe)
    for at, bars in rounds(drawn):
        features.over(bars, [*signals, *(Signal() for _ in bars)], state.seen)
        still = all(
            quiet(position, bar, plan.strategies[position.strategy].max_bars if position.lots else 0)
            for position, bar in zip(state.positions, bars, strict=True)
            if bar.here
        )
        asked = any(
            concerns(state.positions[row % count], row // count, signal.enter, signal.leave, signal.add)
            for row, signal in enumerate(signals)
            if bars[row % count].here
        )
        money = (wallet.cash, wallet.reserved, wallet.number)
        orders = [astuple(order) for order in state.orders]
        details = within(at, bars) if finer else [bars]
        advance(state, bars, details, len(details), signals, tables, steps, at)
        if still and not asked and not plan.verbs.scripts:
            calm += 1
            assert wallet.lines == 0
            assert (wallet.cash, wallet.reserved, wallet.number) == money
            assert [astuple(order) for order in state.orders] == orders
        wallet.lines = 0
    return calm


def test_a_quiet_round_writes_nothing_and_moves_no_money() -> None:
    calm: list[int] = []

    @settings(max_examples=40)
    @given(spec=specs(), said=st.lists(definitions(), min_size=2, max_size=2), start=st.integers(0, 10**6))
    def draw(spec: dict[str, Any], said: list[dict[str, Any]], start: int) -> None:
        plan = planned(spec, said[: len(spec["strategies"])])
        if plan is not None:
            calm.append(calm_rounds(plan, start))

    draw()
    assert sum(rounds > 0 for rounds in calm) >= 20
