"""CryptoFlow itself, as the peers are run: from a spec on disk, bars in memory, in either driver."""

from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.peers.bars import read
from benchmarks.peers.timed import End
from benchmarks.specs import WARMUP, plan_for
from cryptoflow.domain.codes import Topic
from cryptoflow.engine.batch.run import run as run_batch
from cryptoflow.engine.plan import Columns, Outcome, Plan
from cryptoflow.engine.runtime.run import run as run_events

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
    return lambda: end_of(plan, driver(plan, market))


def end_of(plan: Plan, outcome: Outcome) -> End:
    """Return how a run ended."""
    return End(int((outcome.tape["topic"] == Topic.TRADE).sum()), float(outcome.equity[-1]) / plan.capital)
