"""CryptoFlow itself, as the peers are run: from a spec on disk, bars in memory, in either driver."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from benchmarks.peers.bars import read
from benchmarks.peers.timed import End
from cryptoflow.domain.records import Topic
from cryptoflow.engine.batch.run import run as run_batch
from cryptoflow.engine.plan import Columns, Outcome, Plan
from cryptoflow.engine.runtime.run import run as run_events
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.plugins.rules.count import Count

WARMUP = 25
CROSS = {
    "cryptoflow": 1,
    "strategy": "cross",
    "let": {"quick": "ema(close, 12)", "calm": "ema(close, 26)"},
    "enter_long": "crosses_above(quick, calm)",
    "exit_long": "not quick > calm",
}
STOPS = {"stop_loss": "2%", "take_profit": "4%"}
FIFTHS = {"use": "fraction", "share": "20%"}
FIVE_OPEN = (1.0, *Count(positions=5).numbers())
PLENTY = "1000000000000 USDT"
"""So much that what fees leave of it is not dust; W4 keeps to less, because targets fill within a bar's volume."""

Driver = Callable[[Plan, Sequence[Columns]], Outcome]


def batch(folder: Path, work: str) -> Callable[[], End]:
    """Return the work in the compiled driver."""
    return prepared(folder, work, run_batch)


def event(folder: Path, work: str) -> Callable[[], End]:
    """Return the work in the driver that trades live."""
    return prepared(folder, work, run_events)


def prepared(folder: Path, work: str, driver: Driver) -> Callable[[], End]:
    """Return a call that runs the work once."""
    market = [Columns(*bars) for bars in read(folder)]
    plan = plan_for(work, len(market), int(market[0].open_at[WARMUP + 1]))

    def run() -> End:
        outcome = driver(plan, market)
        return End(int((outcome.tape["topic"] == Topic.TRADE).sum()), float(outcome.equity[-1]) / plan.capital)

    return run


def plan_for(work: str, symbols: int, first: int) -> Plan:
    """Return the plan of a work: no lots, no slippage, no discipline, the venue's fee of 0.1 % a side."""
    spec: dict[str, Any] = {
        "cryptoflow": 1,
        "name": work.lower(),
        "capital": "1000 USDT",
        "discipline": "off",
        "market": {
            "venue": "binance",
            "symbols": [f"A{number:02d}/USDT" for number in range(symbols)],
            "timeframe": "1m",
            "filters": "none",
        },
        "strategies": [{"id": "cross", "file": "cross.yaml"}],
        "sizing": {"use": "all_in"},
        "execution": {"costs": {"fees": "venue", "slippage": {"use": "none"}}},
        "risk": {"stop_loss": {"missing": "reject"}},
    }
    if work == "W3":
        spec |= {"sizing": FIFTHS, "capital": PLENTY}
    with tempfile.TemporaryDirectory() as name:
        spec_file = Path(name) / "work.yaml"
        spec_file.write_text(yaml.safe_dump(spec))
        (Path(name) / "cross.yaml").write_text(yaml.safe_dump(CROSS | (STOPS if work == "W4" else {})))
        plan = plan_of(resolve(spec_file), [first] * symbols)
    return only_count(plan) if work == "W3" else plan


def only_count(plan: Plan) -> Plan:
    """Return a plan that holds to one rule, five positions at once, and not to those every spec brings along."""
    numbers = tuple(FIVE_OPEN if step.name == "count" else (0.0,) for step in plan.verbs.rules)
    return plan._replace(account=replace(plan.account, discipline=1), rule_settings=numbers)
