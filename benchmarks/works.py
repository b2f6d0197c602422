"""The works that are timed: the product beside a yardstick, interleaved, as ratios of medians."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

import numpy as np
import yaml

from benchmarks.fused import fused
from benchmarks.series import BEGIN, MINUTE, reference
from cryptoflow.domain.records import Topic
from cryptoflow.engine.batch.run import run as batch
from cryptoflow.engine.plan import Plan
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.plugins.sources.synthetic import Synthetic

YEAR = 525_600
TRADES = 9_432
FINAL = 7.19713e-09
ROOT = Path(__file__).parents[1]


class Figure(NamedTuple):
    """One result: how many times the yardstick's time the product took, and both in seconds."""

    name: str
    ratio: float
    ours: float
    yardstick: float
    against: str


def timed(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    began = perf_counter()
    call()
    return perf_counter() - began


def side_by_side(
    name: str, ours: Callable[[], object], yardstick: Callable[[], object], against: str, rounds: int = 9
) -> Figure:
    """Time both in turn, after one round that does not count."""
    ours(), yardstick()
    pairs = [(timed(ours), timed(yardstick)) for _ in range(rounds)]
    ratio = median(one / other for one, other in pairs)
    return Figure(name, ratio, median(one for one, _ in pairs), median(other for _, other in pairs), against)


STRATEGY = {
    "cryptoflow": 1,
    "strategy": "cross",
    "let": {"quick": "ema(close, 12)", "calm": "ema(close, 26)"},
    "enter_long": "crosses_above(quick, calm)",
    "exit_long": "not quick > calm",
}
SPEC = {
    "cryptoflow": 1,
    "name": "w1",
    "capital": "1000 USDT",
    "discipline": "off",
    "market": {"venue": "binance", "symbols": ["A/USDT"], "timeframe": "1m", "filters": "none"},
    "strategies": [{"id": "cross", "file": "cross.yaml"}],
    "sizing": {"use": "all_in"},
    "execution": {"costs": {"fees": "venue", "slippage": {"use": "none"}}},
    "risk": {"stop_loss": {"missing": "reject"}},
}
"""W1: EMA 12/26 cross, all in, no lots, fees, no slippage, no discipline."""


def written(folder: Path, **more: object) -> Path:
    """Write W1 into a folder, with more keys if asked for, and return its spec."""
    (folder / "cross.yaml").write_text(yaml.safe_dump(STRATEGY))
    path = folder / "w1.yaml"
    path.write_text(yaml.safe_dump({**SPEC, **more}))
    return path


def w1(first: int, **said: object) -> Plan:
    """Return the plan of W1; `said` are keys that say otherwise."""
    with tempfile.TemporaryDirectory() as folder:
        return plan_of(resolve(written(Path(folder), **said)), [first])


def decisions() -> Iterator[Figure]:
    """Time W1 in the batch driver, having checked that it does what the yardstick does."""
    market = reference(YEAR)
    plan = w1(int(market.open_at[25]) + 60_000)
    outcome = batch(plan, [market])
    trades = int((outcome.tape["topic"] == Topic.TRADE).sum())
    final = outcome.equity[-1] / plan.capital
    equity = np.empty(YEAR)
    assert trades == fused(market.open, market.close, 25, equity) == TRADES
    assert abs(final / FINAL - 1) < 1e-5 and abs(final / equity[-1] - 1) < 1e-5
    yield side_by_side(
        "W1, batch",
        lambda: batch(plan, [market]),
        lambda: fused(market.open, market.close, 25, equity),
        "the plain fused loop",
    )


def sources() -> Iterator[Figure]:
    """Time what invents a year of minutes against as many plain random numbers."""
    year = (BEGIN, BEGIN + YEAR * MINUTE)
    yield side_by_side(
        "synthetic, 525,600 bars",
        lambda: Synthetic().load("BTC/USDT", MINUTE, *year, 0, ROOT),
        lambda: np.random.default_rng(0).standard_normal((5, YEAR)),
        "five columns of numpy's normals",
    )
