"""Which features of the tier table a spec makes use of, and the lowest tier that has them all."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cryptoflow.errors import Problem
from cryptoflow.spec.mistakes import Locate
from cryptoflow.spec.pipeline import Pipeline
from cryptoflow.spec.tier_file import TierFile
from cryptoflow.spec.tree import Path

ORDERS = {"market": "market", "limit": "limit", "stop": "stop_limit", "stop_limit": "stop_limit"}
ALGOS = {"linear": "slicing", "iceberg": "slicing", "twap": "twap", "vwap": "vwap"}
ROUTES = ("primary_only", "best_price", "lowest_fee", "fastest", "round_robin", "smart")
INSTEAD = {
    "limit": "use order: market",
    "stop_limit": "use order: market",
    "ioc": "leave `time_in_force` out",
    "fok": "leave `time_in_force` out",
    "post_only": "leave `post_only` out",
    "slicing": "leave `algo` out",
    "twap": "leave `algo` out",
    "vwap": "leave `algo` out",
    "smart_route": "leave `route` out",
    "many_symbols": "keep one symbol",
    "kelly": "size with risk_fraction",
    "python": "use strategies and rules that ship with the package",
}


class Need(NamedTuple):
    """A feature that a spec makes use of, where it does, and the lowest tier that unlocks it."""

    feature: str
    what: str
    path: Path
    tier: int

    def __str__(self) -> str:
        return f"{self.what} (tier {self.tier})"


def needs(pipeline: Pipeline, python: Sequence[Path], tiers: Sequence[TierFile]) -> tuple[Need, ...]:
    """Everything a spec needs of a tier; `python` are the paths in it that bring code of its own."""
    unlocked: dict[str, int] = {feature: table.tier for table in reversed(tiers) for feature in table.unlocks}
    found = [Need(feature, what, path, unlocked[feature]) for feature, what, path in _features(pipeline, python)]
    count = len(pipeline.strategies)
    enough = [table.tier for table in tiers if table.limits and table.limits.strategies >= count]
    if count > 1 and enough:
        found.append(Need("strategies", f"{count} strategies", ("strategies", 1), enough[0]))
    return tuple(found)


def needs_tier(needed: Sequence[Need]) -> int:
    """The lowest tier that has everything needed; real money starts in tier 1."""
    return max((need.tier for need in needed), default=1)


def locked(needed: Sequence[Need], ceiling: int, names: Mapping[int, str], locate: Locate) -> Iterator[Problem]:
    """What a spec needs above its own `tier:`; below tier 1 the limits of tier 1 hold, as nothing is at stake."""
    for need in needed:
        if need.tier > max(ceiling, 1):
            what = f"{need.what} need tier {need.tier} ({names[need.tier]}), but the spec says tier: {ceiling}"
            instead = INSTEAD.get(need.feature, "keep fewer of them")
            yield Problem(what, locate(need.path, False), f"{instead}, or write tier: {need.tier}")


def _features(pipeline: Pipeline, python: Sequence[Path]) -> Iterator[tuple[str, str, Path]]:
    entry, execution = pipeline.execution.entry, pipeline.execution
    at = ("execution", "entry")
    yield ORDERS[entry.order], f"{entry.order.replace('_', '-')} orders", (*at, "order")
    if entry.time_in_force != "gtc":
        yield entry.time_in_force, f"{entry.time_in_force} orders", (*at, "time_in_force")
    if entry.post_only:
        yield "post_only", "post-only orders", (*at, "post_only")
    if execution.algo and execution.algo.use in ALGOS:
        yield ALGOS[execution.algo.use], f"orders sliced by {execution.algo.use}", ("execution", "algo", "use")
    if execution.route and execution.route.use != "primary_only":
        yield "smart_route", "orders routed across venues", ("execution", "route", "use")
    symbols = pipeline.market.symbols
    if isinstance(symbols, tuple):
        if len(symbols) > 1:
            yield "many_symbols", f"{len(symbols)} symbols", ("market", "symbols", 1)
    elif symbols.top > 1:
        yield "many_symbols", f"{symbols.top} symbols", ("market", "symbols", "top")
    if pipeline.sizing.use == "kelly":
        yield "kelly", "sizes by kelly", ("sizing", "use")
    for path in python:
        yield "python", "plugins in Python", path
