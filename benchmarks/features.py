"""What strategies compute, beside the plain fused loop, which computes as much and trades besides."""

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.fused import fused
from benchmarks.series import reference
from benchmarks.works import YEAR, Figure, side_by_side, w1
from cryptoflow.engine.batch.features import Features
from cryptoflow.engine.batch.run import BLOCK, blocks
from cryptoflow.engine.plan import Columns, Plan

SYMBOLS = 20


def features() -> Iterator[Figure]:
    """Time the features of W1, and of the same strategy on twenty symbols."""
    market = reference(YEAR)
    plan = w1(int(market.open_at[25]) + 60_000)
    names = tuple(f"{chr(ord('A') + place)}/USDT" for place in range(SYMBOLS))
    many = [market._replace(close=market.close * (1 + place / SYMBOLS)) for place in range(SYMBOLS)]
    works = (
        ("W1, features", plan, [market]),
        ("W3, features", plan._replace(symbols=names, markets=plan.markets * SYMBOLS), many),
    )
    for name, one, bars in works:
        yield side_by_side(
            name, lambda p=one, m=bars: compute(p, m), lambda m=bars: loop(m), "the plain fused loop, whole"
        )


def compute(plan: Plan, market: Sequence[Columns]) -> None:
    """Compute the features of all rounds, which are the same for all symbols here."""
    computed = Features(plan, BLOCK)
    for _, _, cut in blocks(market, market[0].open_at, BLOCK):
        computed.over(cut)


def loop(market: Sequence[Columns]) -> None:
    """Run the fused loop over each symbol."""
    equity = np.empty(YEAR)
    for bars in market:
        fused(bars.open, bars.close, 25, equity)
