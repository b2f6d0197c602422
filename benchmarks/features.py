"""What strategies compute, beside the plain fused loop, which computes as much and trades besides."""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from benchmarks.figures import Work, side_by_side
from benchmarks.fused import fused
from benchmarks.series import TWENTY, YEAR, reference
from benchmarks.specs import WARMUP, plan_for
from cryptoflow.engine.batch.features import Features
from cryptoflow.engine.batch.run import blocks, rounds_per_block
from cryptoflow.engine.plan import Columns, Plan


def features() -> Iterator[Work]:
    """Time the features of W1, and of the same strategy on twenty symbols."""
    market = reference(YEAR)
    many = [market._replace(close=market.close * (1 + place / TWENTY)) for place in range(TWENTY)]
    for work, bars in (("W1", [market]), ("W3", many)):
        plan = plan_for(work, len(bars), int(market.open_at[WARMUP + 1]))
        yield side_by_side(
            f"{work}, features",
            partial(compute, plan, bars),
            partial(loop, bars),
            "the plain fused loop, whole" if len(bars) == 1 else "the plain fused loop over each symbol",
            len(bars) * YEAR,
        )


def compute(plan: Plan, market: Sequence[Columns]) -> None:
    """Compute the features of all rounds, which are the same for all symbols here."""
    size = rounds_per_block(len(market))
    computed = Features(plan, size)
    for _, _, cut in blocks(market, market[0].open_at, size):
        computed.over(cut)


def loop(market: Sequence[Columns]) -> None:
    """Run the fused loop over each symbol."""
    equity = np.empty(YEAR)
    for bars in market:
        fused(bars.open, bars.close, WARMUP, equity)
