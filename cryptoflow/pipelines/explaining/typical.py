"""A typical entry of a spec: the price it would meet, and the stop and size its strategies would ask for."""

from collections.abc import Sequence
from math import nan
from typing import TYPE_CHECKING, NamedTuple

from cryptoflow.domain.records import Signal
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.years import span
from cryptoflow.pipelines.assemble import warmup_of
from cryptoflow.pipelines.history import asked_of
from cryptoflow.pipelines.resolved import Resolved

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Plan
    from cryptoflow.market.bars import Bars

PRICE, RANGE = 100.0, 0.01
"""What is assumed where there are no bars: a price, and an average true range as a share of it."""

STOP_IN_RANGES = 2
MORE_BARS = 50
LARGEST_WARMUP = 50_000


class Typical(NamedTuple):
    """A moment to size an entry at: the close, what strategies say and the sizer reads there, and how that is known."""

    close: float
    signals: tuple[Signal, ...]
    told: tuple[str, ...]
    read: tuple[float, ...]


def typical(resolved: Resolved, plan: "Plan") -> Typical:
    """The end of the spec's period where its source has bars, an assumed price where it has none."""
    bars = last_bars(resolved)
    if bars:
        return measured(resolved, plan, bars)
    told = [f"price {PRICE:g} and an average true range of {RANGE:.0%} of it, as there are no bars to look at"]
    signals = []
    *graphs, reads = plan.graphs
    for graph in graphs:
        signal = Signal()
        if {"stop_loss", "stop_at", "trailing_stop"} & {*graph.outputs}:
            signal.stop_distance = STOP_IN_RANGES * RANGE * PRICE
        signals.append(signal)
    if any(signal.stop_distance == signal.stop_distance for signal in signals):
        told.append(f"a stop {STOP_IN_RANGES} average true ranges away")
    if reads.outputs:
        told.append(f"nothing known of {' and '.join(reads.outputs)}, which the sizer reads")
    return Typical(PRICE, tuple(signals), tuple(told), (nan,) * len(reads.outputs))


def last_bars(resolved: Resolved) -> "tuple[Bars, ...]":
    """The last bars of the spec's period, enough for its indicators; none where the source cannot say."""
    period, source, market = resolved.pipeline.period, resolved.history, resolved.pipeline.market
    needed = warmup_of(resolved)
    if period is None or not resolved.symbols or needed > LARGEST_WARMUP:
        return ()
    timeframe = int(market.timeframe)
    start = period.end - span(needed + MORE_BARS, timeframe, resolved.days)
    try:
        loaded = tuple(
            source.load(asked_of(resolved, symbol, timeframe, start, period.end))  # type: ignore[attr-defined]
            for symbol in resolved.symbols
        )
    except CryptoflowError:
        return ()
    return loaded if all(len(bars) for bars in loaded) else ()


def measured(resolved: Resolved, plan: "Plan", loaded: "Sequence[Bars]") -> Typical:
    """What the strategies say at the last close of some bars, for the first symbol."""
    from cryptoflow.engine.plan import Columns
    from cryptoflow.engine.runtime.features import Features
    from cryptoflow.engine.runtime.feed import rounds

    columns = [Columns(bars.open_at, bars.open, bars.high, bars.low, bars.close, bars.volume) for bars in loaded]
    features, symbols = Features(plan), len(plan.symbols)
    signals = [Signal() for _ in range(symbols * len(plan.strategies))]
    spare = [Signal() for _ in range(symbols)]
    seen = [[nan] * count for count in plan.reads() for _ in range(symbols)]
    for _, bars in rounds(columns):
        features.over(bars, [*signals, *spare], seen)
    close = float(loaded[0].close[-1])
    period = resolved.pipeline.period
    source = resolved.pipeline.sources.history.use
    told = (f"the last close of {plan.symbols[0]} in {period} ({source})",)
    return Typical(close, tuple(signals[::symbols]), told, tuple(seen[-symbols]))
