"""Symbols that move alike share one position limit, or the second of them is refused; both drivers agree on which."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cryptoflow.domain.calendar import DAY
from cryptoflow.domain.codes import Reason, Topic
from cryptoflow.engine.plan import Columns, Plan
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.backtest import WHOLE, decide
from cryptoflow.pipelines.history import History, load_history
from cryptoflow.pipelines.resolve import resolve

HOUR = 3_600_000
SPEC = """\
cryptoflow: 1
name: example
market: {venue: binance, symbols: [BTC/USDT, ETH/USDT, SOL/USDT], timeframe: 4h, filters: none}
sources: {history: {use: synthetic, volatility: 60%}}
period: 2024-01-01..2024-04-30
capital: 5000 USDT
strategies: [{id: one, file: one.yaml}]
sizing: {use: fraction, share: 10%}
risk: {preset: PRESET, stop_loss: {missing: attach 5%}}
"""
STRATEGY = """\
cryptoflow: 1
strategy: one
enter_long: close > open
exit_long: close < open
"""


def planned(folder: Path, preset: str = "tier") -> tuple[Plan, History]:
    (folder / "spec.yaml").write_text(SPEC.replace("PRESET", preset))
    (folder / "one.yaml").write_text(STRATEGY)
    resolved = resolve(folder / "spec.yaml")
    history = load_history(resolved, WHOLE)
    return plan_of(resolved, history.first_decisions), history


def reviewed(plan: Plan, history: History) -> Any:
    """The entries of a run that a rule looked at, once both drivers have agreed on all of it."""
    batch, event = (decide(plan, history, driver).tape for driver in ("batch", "event"))
    assert len(batch) == len(event)
    assert all(np.array_equal(batch[name], event[name], equal_nan=True) for name in batch.dtype.names)
    entries = np.isin(batch["topic"], [Topic.ORDER, Topic.REFUSED]) & ~np.isnan(batch["wanted"])
    return batch[entries]


def place(plan: Plan) -> int:
    return [step.name for step in plan.verbs.rules].index("correlation")


def pearson(history: History, one: int, other: int, at: int) -> float:
    """The correlation as a textbook has it, over the thirty days before the one that `at` lies in."""
    days = range(at // DAY - 30, at // DAY)
    returns = [np.array([log_return(history.series[symbol], day) for day in days]) for symbol in (one, other)]
    known = ~np.isnan(returns[0]) & ~np.isnan(returns[1])
    if known.sum() < 20:
        return float("nan")
    return float(np.corrcoef(returns[0][known], returns[1][known])[0, 1])


def log_return(columns: Any, day: int) -> float:
    closes = [close_of(columns, each) for each in (day - 1, day)]
    return float(np.log(closes[1] / closes[0]))


def close_of(columns: Any, day: int) -> float:
    inside = np.flatnonzero((columns.open_at + 4 * HOUR - 1) // DAY == day)
    return float(columns.close[inside[-1]]) if len(inside) else float("nan")


def test_an_entry_is_told_how_much_it_is_like_what_is_held(tmp_path: Path) -> None:
    plan, history = planned(tmp_path)
    lines = reviewed(plan, history)
    told = lines[~np.isnan(lines["correlation"])]
    first = min(columns.open_at[0] for columns in history.series) // DAY
    assert len(told) > 20
    assert min(told["at"]) // DAY - first >= 20  # twenty days have to be over
    for line in told:
        others = [pearson(history, line["symbol"], other, line["at"]) for other in range(3) if other != line["symbol"]]
        assert any(abs(line["correlation"] - other) < 1e-9 for other in others)


def test_what_is_alike_shares_a_position_limit(tmp_path: Path) -> None:
    plan, history = planned(tmp_path)
    lines = reviewed(plan, history)
    cut = lines[lines["rule"] == place(plan)]
    assert len(cut)
    assert (cut["correlation"] >= 0.7).all()
    small = cut["reason"] == Reason.BELOW_MINIMUM
    assert (cut["value"] > cut["limit"])[~small].all()
    assert (lines[lines["correlation"] < 0.7]["rule"] != place(plan)).all()


def test_the_strict_preset_refuses_it(tmp_path: Path) -> None:
    plan, history = planned(tmp_path, "strict")
    lines = reviewed(plan, history)
    refused = lines[lines["rule"] == place(plan)]
    assert len(refused)
    assert (refused["reason"] == Reason.RULE).all()
    assert (refused["value"] == refused["correlation"]).all()
    ordered = lines[(lines["topic"] == Topic.ORDER) & ~np.isnan(lines["correlation"])]
    assert (ordered["correlation"] < 0.7).all()


@pytest.mark.parametrize("block_rounds", [1, 7, 4_096])
def test_days_without_a_bar_count_for_nobody(tmp_path: Path, block_rounds: int) -> None:
    from cryptoflow.engine.batch.run import run as batch
    from cryptoflow.engine.runtime.run import run as event

    plan, history = planned(tmp_path)
    market = [holed(columns, symbol) for symbol, columns in enumerate(history.series)]
    tapes = batch(plan, market, block_rounds=block_rounds).tape, event(plan, market).tape
    assert all(np.array_equal(tapes[0][name], tapes[1][name], equal_nan=True) for name in tapes[0].dtype.names)
    told = tapes[0][~np.isnan(tapes[0]["correlation"])]
    assert len(told)
    for line in told:
        others = [pearson(history._replace(series=tuple(market)), line["symbol"], one, line["at"]) for one in range(3)]
        assert any(abs(line["correlation"] - other) < 1e-9 for other in others)


def holed(columns: Any, symbol: int) -> Columns:
    """A symbol's bars without some days, and without the last bar of others."""
    whole = columns.cut(0, len(columns.open_at))
    days = whole.open_at // DAY
    gone = days % 19 == 3 + symbol
    late = (days % 7 == symbol) & (whole.open_at % DAY == 20 * HOUR)
    kept = ~(gone | late)
    return Columns(*(getattr(whole, name)[kept] for name in Columns._fields))
