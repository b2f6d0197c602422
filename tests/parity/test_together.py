"""Positions that move as one trip the kill switch, looked at every ten minutes; both drivers agree to the last bit."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cryptoflow.domain.codes import Cause, Guard, Leg, Topic
from cryptoflow.domain.discipline.alarms import TOGETHER
from cryptoflow.domain.discipline.together import ROOM, mean_correlation, note
from cryptoflow.engine.batch.run import run as batch
from cryptoflow.engine.plan import Columns, Plan
from cryptoflow.engine.runtime.run import run as event
from tests.parity.draws import MINUTE, START, SYMBOLS
from tests.parity.test_parity import planned

LOOK = 30
"""The minute at whose beginning the third look is: what is held since the second has moved 28 times by then."""

LASTS = 36
HOLDING = {"cryptoflow": 1, "strategy": "holding", "enter_long": "close > 0", "stop_loss": "14%"}


def plan_of(symbols: int = 2, timeframe: str = "1m") -> Plan:
    """A plan that buys all symbols in its second bar and holds them."""
    market = {"venue": "binance", "symbols": [*SYMBOLS[:symbols]], "timeframe": timeframe, "filters": "none"}
    spec = {
        "cryptoflow": 1,
        "name": "together",
        "capital": "9000 USDT",
        "market": market,
        "strategies": [{"id": "s", "file": "s0.yaml"}],
        "sizing": {"use": "fraction", "share": "5%"},
        "execution": {"costs": "none"},
    }
    plan = planned(spec, [HOLDING])
    assert plan is not None
    return plan._replace(markets=tuple(replace(market, first_decision=0) for market in plan.markets))


def alike(correlation: float, seed: int = 0, symbols: int = 2) -> list[np.ndarray[Any, Any]]:
    """Closes that correlate so much with the first symbol's between the second bar and the look."""
    draw = np.random.default_rng(seed)
    moves = draw.standard_normal((symbols, LASTS))
    seen = slice(2, LOOK)
    for symbol in range(1, symbols):
        base, own = (row[seen] - row[seen].mean() for row in (moves[0], moves[symbol]))
        base, own = base / np.linalg.norm(base), own - own @ base / (base @ base) * base
        moves[symbol, seen] = 5 * (correlation * base + (1 - correlation**2) ** 0.5 * own / np.linalg.norm(own))
    return [100.0 * np.exp(np.cumsum(1e-4 * row)) for row in moves]


def seen(closes: Sequence[np.ndarray[Any, Any]]) -> float:
    """The correlation of two symbols at the look."""
    ring = [float("nan")] * (2 * ROOM)
    for symbol, prices in enumerate(closes):
        for minute in range(1, LOOK):
            note(ring, symbol, minute, float(prices[minute]))
    return mean_correlation(ring, [0, 1], 2, LOOK - 1)


def exactly() -> list[np.ndarray[Any, Any]]:
    """Closes whose correlation is the limit, to the last bit."""
    return next(closes for closes in (alike(TOGETHER, seed) for seed in range(1_000)) if seen(closes) == TOGETHER)


def bars(closes: Sequence[np.ndarray[Any, Any]], *gone: Sequence[int], minutes: int = 1) -> list[Columns]:
    """Bars that rest at their closes; each symbol lacks the minutes that are gone of it."""
    found = []
    for prices, without in zip(closes, gone or ((),) * len(closes), strict=True):
        kept = np.setdiff1d(np.arange(len(prices)), without)
        price = prices[kept]
        found.append(Columns(START + minutes * MINUTE * kept, price, price, price, price, np.full(len(kept), 1e9)))
    return found


def agreed(plan: Plan, market: list[Columns], block_rounds: int = 4_096) -> Any:
    """The tape on which both drivers agree."""
    tapes = batch(plan, market, block_rounds=block_rounds).tape, event(plan, market).tape
    assert len(tapes[0]) == len(tapes[1])
    assert all(np.array_equal(tapes[0][name], tapes[1][name], equal_nan=True) for name in tapes[0].dtype.names)
    return tapes[0]


def trips(tape: Any) -> list[tuple[int, int]]:
    """When the kill switch tripped, in minutes, and for which cause."""
    found = tape[(tape["topic"] == Topic.GUARD) & (tape["reason"] == Guard.TRIPPED)]
    return [((int(line["at"]) - START) // MINUTE, int(line["rule"])) for line in found]


def bought(tape: Any) -> list[int]:
    fills = tape[(tape["topic"] == Topic.FILL) & (tape["leg"] == Leg.ENTRY)]
    return [(int(at) - START) // MINUTE for at in fills["at"]]


@pytest.mark.parametrize("block_rounds", [1, 7, 4_096])
def test_it_trips_at_the_limit_and_above_and_not_below(block_rounds: int) -> None:
    plan = plan_of()
    under = agreed(plan, bars(alike(TOGETHER - 1e-6)), block_rounds)
    assert (bought(under), trips(under)) == ([1, 1], [])
    for closes in (exactly(), alike(TOGETHER + 1e-6)):
        tape = agreed(plan, bars(closes), block_rounds)
        assert trips(tape) == [(LOOK, Cause.CORRELATION)]
        (line,) = tape[(tape["topic"] == Topic.GUARD) & (tape["reason"] == Guard.TRIPPED)]
        assert (line["value"], line["limit"]) == (seen(closes), TOGETHER)


def test_twenty_minutes_have_to_be_known_of_both() -> None:
    plan, closes = plan_of(), alike(0.999)
    gaps = {14: range(5, 13), 15: range(5, 12)}  # so many minutes gone lack one change more
    found = [trips(agreed(plan, bars(closes, (), gap), rounds)) for gap in gaps.values() for rounds in (7, 4_096)]
    assert found == [[], [], [(LOOK, Cause.CORRELATION)], [(LOOK, Cause.CORRELATION)]]


def test_minutes_that_nobody_has_are_no_change_from_long_ago() -> None:
    plan, closes = plan_of(), alike(0.999)
    assert [trips(agreed(plan, bars(closes, gap, gap))) for gap in (range(5, 13), range(5, 12))] == [
        [],
        [(LOOK, Cause.CORRELATION)],
    ]


def test_the_mean_of_all_pairs_counts_and_not_the_nearest_pair() -> None:
    plan, closes = plan_of(symbols=3), alike(0.999, symbols=3)
    closes[2] = alike(0.5, symbols=3)[2]
    tape = agreed(plan, bars(closes))
    assert (bought(tape), trips(tape)) == ([1, 1, 1], [])
    assert trips(agreed(plan, bars(alike(0.999, symbols=3)))) == [(LOOK, Cause.CORRELATION)]


def test_what_is_held_alone_and_longer_bars_trip_nothing() -> None:
    assert trips(agreed(plan_of(symbols=1), bars(alike(0.999)[:1]))) == []
    tape = agreed(plan_of(timeframe="5m"), bars(alike(0.999), minutes=5))
    assert (len(bought(tape)), trips(tape)) == (2, [])


def test_a_loss_that_is_as_fatal_at_the_same_look_is_told_first() -> None:
    plan, closes = plan_of(), alike(0.999)
    closes = [np.where(np.arange(LASTS) >= LOOK - 1, prices * 0.99, prices) for prices in closes]
    held = plan._replace(tiers=tuple(replace(tier, day_share=3e-4) for tier in plan.tiers))
    assert trips(agreed(plan, bars(closes))) == [(LOOK, Cause.CORRELATION)]
    assert trips(agreed(held, bars(closes))) == [(LOOK, Cause.DAY_LOSS)]


def test_a_position_that_was_opened_anew_counts_from_then_on() -> None:
    """A stop ends one of two, which is bought again: what it did before is nothing of the new one."""
    plan, closes = plan_of(), alike(0.999)
    dropped = bars(closes)
    low = closes[1].copy()
    low[12] = 80.0
    dropped[1] = dropped[1]._replace(low=low)
    tape = agreed(plan, dropped)
    assert bought(tape) == [1, 1, 18]  # a flash drop bars it for five minutes
    assert trips(tape) == []
