"""Two positions that went their own ways come together: told as a day ends and at entries, alike in both drivers."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cryptoflow.domain.calendar import DAY
from cryptoflow.domain.codes import Guard, Leg, Topic
from cryptoflow.domain.events.tilt import TiltCoupled
from cryptoflow.domain.tilt.conduct import Conduct, after, read, tell
from cryptoflow.domain.tilt.signs import live
from cryptoflow.domain.tilt.table import T11
from cryptoflow.engine.batch.run import run as batch
from cryptoflow.engine.plan import Columns, Outcome, Plan
from cryptoflow.engine.runtime.feed import rounds
from cryptoflow.engine.runtime.owner import Owner
from cryptoflow.engine.runtime.run import run as event
from cryptoflow.pipelines.journals.recording import Told, events_of
from cryptoflow.pipelines.measure import acts_of
from cryptoflow.pipelines.tapes import Names
from tests.parity.draws import START, SYMBOLS
from tests.parity.test_parity import planned

BAR = 4 * 3_600_000
MEET, LATER, LASTS = 40, 65, 75
"""The days on which two symbols are bought, on which a third one is, and with which all ends."""

HOLDING = {"cryptoflow": 1, "strategy": "holding", "enter_long": "close > 0", "stop_loss": "14%"}


def plan_of(discipline: str = "on") -> Plan:
    """A plan that buys two symbols on a day, the third one at noon of a later day, and holds them."""
    spec = {
        "cryptoflow": 1,
        "name": "coupling",
        "capital": "9000 USDT",
        "discipline": discipline,
        "market": {"venue": "binance", "symbols": [*SYMBOLS], "timeframe": "4h", "filters": "none"},
        "strategies": [{"id": "s", "file": "s0.yaml"}],
        "sizing": {"use": "fraction", "share": "5%"},
        "execution": {"costs": "none"},
    }
    plan = planned(spec, [HOLDING])
    assert plan is not None
    firsts = (START + MEET * DAY, START + MEET * DAY, START + LATER * DAY + 3 * BAR)
    markets = tuple(replace(each, first_decision=at) for each, at in zip(plan.markets, firsts, strict=True))
    return plan._replace(markets=markets)


def near(plan: Plan) -> Plan:
    """The plan of an account so near to the next tier that all counts three times."""
    return plan._replace(tiers=tuple(replace(tier, low=100.0) for tier in plan.tiers))


def market(before: float = 0.0, after: float = 1.0) -> list[Columns]:
    """Bars whose days correlate so much with the first symbol's until the two are bought, and so much from then on."""
    draw = np.random.default_rng(7)
    days = draw.standard_normal((3, LASTS))
    for span, share in ((slice(0, MEET), before), (slice(MEET, LASTS), after)):
        days[1, span] = share * days[0, span] + (1 - share**2) ** 0.5 * days[1, span]
    closes = 100.0 * np.exp(np.cumsum(np.repeat(0.002 * days / 6, 6, axis=1), axis=1))
    opens = START + BAR * np.arange(closes.shape[1])
    return [Columns(opens, row, row, row, row, np.full(len(row), 1e9)) for row in closes]


def agreed(plan: Plan, bars: list[Columns], block_rounds: int = 4_096) -> Outcome:
    """The outcome on which both drivers agree."""
    one, other = batch(plan, bars, block_rounds=block_rounds), event(plan, bars)
    assert len(one.tape) == len(other.tape)
    assert all(np.array_equal(one.tape[name], other.tape[name], equal_nan=True) for name in one.tape.dtype.names)
    assert (one.equity == other.equity).all()
    return one


def told(tape: Any) -> Any:
    return tape[(tape["topic"] == Topic.GUARD) & (tape["reason"] == Guard.COUPLED)]


def pearson(bars: list[Columns], day: int) -> float:
    """The correlation of the first two symbols over the thirty days before a day, as a library has it."""
    ends = [np.log(columns.close[5::6][: day - START // DAY]) for columns in bars[:2]]
    return float(np.corrcoef(*(np.diff(row)[-30:] for row in ends))[0, 1])


@pytest.mark.parametrize("block_rounds", [1, 5, 4_096])
def test_it_is_told_on_the_first_day_on_which_thirty_days_say_so(block_rounds: int) -> None:
    bars = market()
    tape = agreed(plan_of(), bars, block_rounds).tape
    entries = tape[(tape["topic"] == Topic.FILL) & (tape["leg"] == Leg.ENTRY)]["at"] // DAY - START // DAY
    assert entries.tolist() == [MEET, MEET, LATER]
    opened = pearson(bars, START // DAY + MEET)
    days = [START // DAY + day for day in range(MEET, LASTS + 1)]
    odd = [day for day in days if opened < 0.3 and pearson(bars, day) > 0.7]
    lines = told(tape)
    assert lines["at"].tolist() == [day * DAY for day in odd]
    for line, day in zip(lines, odd, strict=True):
        assert (line["symbol"], line["measure"]) == (0, 1)
        assert (line["value"], line["limit"]) == pytest.approx((pearson(bars, day), opened))


@pytest.mark.parametrize(("before", "after"), [(0.0, 0.0), (0.9, 1.0)])
def test_what_goes_its_own_way_or_went_together_from_the_start_is_not_told(before: float, after: float) -> None:
    assert len(told(agreed(plan_of(), market(before, after)).tape)) == 0


def test_without_discipline_nobody_looks() -> None:
    assert len(told(agreed(plan_of("off"), market()).tape)) == 0


def test_after_a_level_it_is_told_again_at_the_next_entry() -> None:
    plan = near(plan_of())
    tape = agreed(plan, market()).tape
    lines = told(tape)
    cautioned = tape[(tape["topic"] == Topic.GUARD) & (tape["reason"] == Guard.TILTED)]
    assert set(cautioned["rule"].tolist()) == {1}
    assert set(cautioned["measure"].tolist()) == {1 << T11}
    (order,) = tape[(tape["topic"] == Topic.ORDER) & (tape["symbol"] == 2)]
    assert order["at"] % DAY > 0
    assert lines["at"][lines["at"] % DAY > 0].tolist() == [order["at"]]
    assert order["at"] in cautioned["at"]


def test_the_journal_folds_to_it_and_the_report_names_the_two() -> None:
    plan, bars = near(plan_of()), market()
    outcome = agreed(plan, bars)
    names = Names(plan.symbols, ["s"], [rule.name for rule in plan.verbs.rules])
    journal = Told("r", "s", "h", "c", "d", 1, "USDT", plan, outcome, names.strategies, names.rules, "t", "d")
    owner, conduct, seen = Owner(plan), Conduct(), []
    for at, row in rounds(bars):
        owner.round(at, row)
    for draft in events_of(journal, "backtest-r"):
        conduct = after(conduct, draft.event, draft.at)
        if isinstance(draft.event, TiltCoupled):
            seen.append(draft.event)
            assert live(conduct.signs, draft.at) & 1 << T11
    assert len(seen) == len(told(outcome.tape))
    assert {(each.one, each.other) for each in seen} == {SYMBOLS[:2]}
    assert conduct.signs == owner.state.signs
    assert read(tell(conduct)) == conduct
    why = [act.why for act in acts_of(outcome, plan) if act.what == "positions came together"]
    assert len(why) == len(seen)
    assert why[0].startswith("BTC/USDT and ETH/USDT: correlation 0.7")
