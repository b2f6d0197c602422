"""The two drivers make the same decisions: orders, fills and refusals by `==`, equity too."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cryptoflow.domain.codes import Topic
from cryptoflow.engine.batch.run import BLOCK
from cryptoflow.engine.batch.run import run as batch
from cryptoflow.engine.plan import Outcome, Plan
from cryptoflow.engine.runtime.run import run as event
from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.resolve import resolve
from tests.parity.draws import MINUTE, SPEC, START, definitions, market, opener, specs


def planned(spec: dict[str, Any], strategies: list[dict[str, Any]]) -> Plan | None:
    """Return the plan of a drawn spec; None when the language refuses what was drawn."""
    try:
        resolved = resolve(SPEC, opener=opener(spec, strategies))
    except CryptoflowError:
        return None
    return plan_of(resolved, [START + 40 * MINUTE] * len(spec["market"]["symbols"]))


def assert_same(one: Outcome, other: Outcome) -> None:
    assert len(one.tape) == len(other.tape)
    assert one.tape.tobytes() == other.tape.tobytes()
    assert np.array_equal(one.times, other.times)
    assert np.array_equal(one.equity, other.equity)
    assert one.wallet == other.wallet


def assert_money_is_conserved(plan: Plan, outcome: Outcome) -> None:
    """What the fills took and gave is what the wallet has; nothing is spent twice, nothing stays reserved."""
    fills = outcome.tape[outcome.tape["topic"] == Topic.FILL]
    charged = fills["side"] < 0 if plan.account.base_fees else 1
    moved = -fills["side"] * fills["notional"] - fills["fee"] * charged
    assert outcome.wallet["cash"] == pytest.approx(plan.capital + float(moved.sum()), rel=1e-9, abs=1e-6)
    assert outcome.wallet["fees"] == pytest.approx(float(fills["fee"].sum()), rel=1e-9, abs=1e-9)
    assert outcome.wallet["cash"] >= 0
    assert outcome.wallet["reserved"] >= -1e-9
    assert outcome.wallet["pending"] > 0 or outcome.wallet["reserved"] == 0


def check(count: int, seed: int) -> Counter[str]:
    """Run `count` drawn cases through both drivers and count what they did."""
    seen: Counter[str] = Counter()

    @settings(max_examples=count)
    @given(
        spec=specs(),
        said=st.lists(definitions(), min_size=2, max_size=2),
        start=st.integers(0, 10**6),
        block=st.sampled_from((1, 7, 64, BLOCK)),
    )
    def compare(spec: dict[str, Any], said: list[dict[str, Any]], start: int, block: int) -> None:
        plan = planned(spec, said[: len(spec["strategies"])])
        seen["drawn"] += 1
        assume(plan is not None)
        assert plan is not None
        bars, finer = market(plan, start + seed)
        outcome = batch(plan, bars, finer, block_rounds=block)
        assert_same(outcome, event(plan, bars, finer))
        assert_money_is_conserved(plan, outcome)
        fills = int((outcome.tape["topic"] == Topic.FILL).sum())
        seen["compared"] += 1
        seen["busy"] += fills >= 5
        seen["fills"] += fills

    compare()
    return seen


def test_both_drivers_decide_alike_on_drawn_specs() -> None:
    seen = check(100, seed=0)
    assert seen["compared"] >= 90
    assert seen["busy"] >= 0.7 * seen["compared"], seen  # discipline stops the others


@pytest.mark.long
def test_both_drivers_decide_alike_on_thousands_of_drawn_specs(evidence: Callable[[str], None]) -> None:
    seen = check(2_000, seed=10**6)
    evidence(
        f"{seen['compared']:,} compared by `==`, {seen['busy']:,} with five fills or more, {seen['fills']:,} fills"
    )
    assert seen["compared"] >= 1_800
    assert seen["busy"] >= 0.8 * seen["compared"], seen
