"""W1, W4 and W3 in the batch driver, each beside its yardstick and beside itself with discipline on."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from benchmarks.figures import Aim, Work, side_by_side
from benchmarks.fused import fused, fused_wallet
from benchmarks.peers.ours import end_of
from benchmarks.peers.table import CLOSE
from benchmarks.peers.timed import End
from benchmarks.series import TWENTY, YEAR, reference, twenty
from benchmarks.specs import WARMUP, plan_for
from cryptoflow.engine.batch.run import run
from cryptoflow.engine.plan import Columns, Plan

TRADES = 9_432
FINAL = 7.19713e-09
COMPARABLE = 0.05
"""How many fewer or more trades, as a share, a run with discipline on may make and still be the same work."""

DISCIPLINE = Aim(2.0)


class Disagreed(Exception):
    """Two that should do the same work ended differently; says how."""


class Pair(NamedTuple):
    """A work on its bars: the plan as it is and the one with discipline on."""

    market: Sequence[Columns]
    off: Plan
    on: Plan

    def free(self) -> End:
        """Run with discipline off."""
        return end_of(self.off, run(self.off, self.market))

    def held(self) -> End:
        """Run with discipline on."""
        return end_of(self.on, run(self.on, self.market))


def pair(work: str, market: Sequence[Columns]) -> Pair:
    """Return a work's plans for so many symbols."""
    first = int(market[0].open_at[WARMUP + 1])
    off, on = (plan_for(work, len(market), first, discipline) for discipline in (False, True))
    return Pair(market, off, on)


def w1() -> Iterator[Work]:
    """Time W1 against the fused loop, having seen that it ends as the reference does, and with discipline on."""
    market = [reference(YEAR)]
    runs = pair("W1", market)
    loop = lone_loop(market[0])
    agree("W1", runs.free(), loop(), End(TRADES, FINAL))
    yield side_by_side("W1", runs.free, loop, "the plain fused loop", YEAR, aim=Aim(5.0), rounds=15)
    yield with_discipline("W1", runs, YEAR)


def w4() -> Iterator[Work]:
    """Time W4 against W1, and with discipline on."""
    market = [reference(YEAR)]
    runs, w1_runs = pair("W4", market), pair("W1", market)
    yield side_by_side("W4", runs.free, w1_runs.free, "W1", YEAR, aim=Aim(1.5), rounds=15)
    yield with_discipline("W4", runs, YEAR)


def w3() -> Iterator[Work]:
    """Time W3 against the fused loop for many symbols, having seen that both end alike, and with discipline on."""
    market = twenty()
    runs = pair("W3", market)
    loop = wallet_loop(market)
    agree("W3", runs.free(), loop())
    against = f"the plain fused loop, {TWENTY} symbols"
    yield side_by_side("W3", runs.free, loop, against, TWENTY * YEAR, aim=Aim(0.5, "seconds"), rounds=5)
    yield with_discipline("W3", runs, TWENTY * YEAR, rounds=5)


def lone_loop(bars: Columns) -> Callable[[], End]:
    """Return the fused loop over a symbol's bars."""
    equity = np.empty(len(bars.close))

    def loop() -> End:
        trades = fused(bars.open, bars.close, WARMUP, equity)
        return End(trades, float(equity[-1]))

    return loop


def wallet_loop(market: Sequence[Columns]) -> Callable[[], End]:
    """Return the fused loop over many symbols' bars, which lie side by side as the loop likes them best."""
    opens, closes = (np.column_stack([getattr(bars, name) for bars in market]) for name in ("open", "close"))
    equity = np.empty(len(closes))

    def loop() -> End:
        trades = fused_wallet(opens, closes, WARMUP, equity)
        return End(trades, float(equity[-1]))

    return loop


def with_discipline(work: str, runs: Pair, bars: int, rounds: int = 9) -> Work:
    """Return the work with discipline on beside itself without, having seen that it trades as often."""
    held, free = runs.held().trades, runs.free().trades
    if abs(held - free) > COMPARABLE * free:
        raise Disagreed(f"{work} with discipline on makes {held:,} trades, without {free:,}")
    name = f"{work}, discipline on"
    against = f"{work} ({held:,} trades, {free:,} without)"
    return side_by_side(name, runs.held, runs.free, against, bars, aim=DISCIPLINE, rounds=rounds)


def agree(work: str, ours: End, *others: End) -> None:
    """See that all made the same trades, and but for the last bits the same of their money."""
    for other in others:
        if ours.trades != other.trades or not abs(ours.equity / other.equity - 1) <= CLOSE:
            raise Disagreed(f"{work}: we end with {ours}, the yardstick with {other}")
