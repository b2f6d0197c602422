"""From a resolved spec to a plan for the engine: the place where plugins, tables and limits become numbers."""

from collections.abc import Mapping, Sequence
from math import nan
from typing import TYPE_CHECKING

from cryptoflow.domain.graph import Graph
from cryptoflow.domain.language import WORDS
from cryptoflow.domain.records import Account, OrderType, Strategy, Symbol, TimeInForce
from cryptoflow.domain.steps import Function, Step
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.venues import NO_FILTERS, fees_of, filters_of
from cryptoflow.pipelines.limits import Bid, Effective, effective_rules, tier_for
from cryptoflow.pipelines.resolved import RULES
from cryptoflow.plugins import registry
from cryptoflow.plugins.rules import ORDER
from cryptoflow.spec.execution import Costs, Fees
from cryptoflow.spec.shipped import tiers
from cryptoflow.spec.strategy_file import StrategyFile

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Plan
    from cryptoflow.pipelines.declared import Declared
    from cryptoflow.pipelines.resolved import Resolved

VERBS = {"sizer": "notional", "rule": "headroom", "slippage": "cost"}


def step(kind: str, name: str) -> Step:
    """Return a plugin's verb for the engine."""
    return Step(name, getattr(registry.find(kind, name), VERBS[kind]))


def library(kind: str, used: list[str]) -> tuple[Step, ...]:
    """Return every built-in verb of a kind, used or not, so that one kernel serves all specs; then guests in use."""
    built_in = sorted(registry.built_in(kind))
    if kind == "rule":
        built_in.sort(key=ORDER.index)
    return tuple(step(kind, name) for name in [*built_in, *(name for name in used if name not in built_in)])


def place_in(steps: tuple[Step, ...], name: str) -> int:
    """Return where a verb stands in its library."""
    return next(place for place, one in enumerate(steps) if one.name == name)


def functions_of(graphs: tuple[Graph, ...]) -> dict[str, Function]:
    """Return the functions that graphs call."""
    called = {node.name for graph in graphs for node in graph.nodes if node.op == "call"}
    return {
        name: WORDS[name].function if name in WORDS else registry.find("indicator", name).function()  # type: ignore[attr-defined]  # what every indicator has
        for name in sorted(called)
    }


def market_of(resolved: "Resolved", symbol: str, rules: Mapping[str, Effective], first_decision: int) -> Symbol:
    """Return what the venue allows and charges for a symbol, and whether and from when on the spec trades it."""
    allowed = getattr(rules["symbols"].plugin, "allow", ())
    pipeline = resolved.pipeline
    filters = filters_of(symbol) if pipeline.market.filters == "venue" else NO_FILTERS
    least = float(getattr(rules["filters"].plugin, "minimum", 0.0)) if pipeline.discipline == "on" else 0.0
    costs = pipeline.execution.costs
    fees = fees_of(pipeline.market.venue)
    maker, taker = fees.maker, fees.taker
    if isinstance(costs, Costs) and isinstance(costs.fees, Fees):
        maker, taker = float(costs.fees.maker), float(costs.fees.taker)
    return Symbol(
        lot=filters.lot,
        whole=0 if pipeline.market.filters == "none" else 1,
        tick=filters.tick,
        min_notional=max(filters.min_notional, least),
        maker_fee=maker,
        taker_fee=taker,
        allowed=int(not allowed or symbol in allowed),
        first_decision=first_decision,
    )


def strategy_of(resolved: "Resolved", declared: "Declared", allocation: float, sizers: tuple[Step, ...]) -> Strategy:
    """Return a strategy's settings as numbers."""
    entry = resolved.pipeline.execution.entry
    said = definition_of(declared)
    missing = resolved.pipeline.risk.stop_loss.missing.share
    return Strategy(
        allocation=allocation,
        sizer=place_in(sizers, resolved.sizer.plugin_name),
        spends=1 if getattr(resolved.sizer, "spends", False) else 0,
        order_type=OrderType[entry.order.upper()].value,
        time_in_force=TimeInForce[entry.time_in_force.upper()].value,
        post_only=int(entry.post_only),
        offset=float(entry.offset),
        expires=int(entry.expires),
        max_bars=said.max_bars or 0,
        cooldown=int(said.cooldown or 0),
        max_adds=(said.max_adds or 1) if said.add_when is not None else 0,
        stop_share=said.stop_loss.share if said.stop_loss is not None else nan,
        take_share=said.take_profit.share if said.take_profit is not None else nan,
        trail_share=said.trailing_stop.share if said.trailing_stop is not None else nan,
        missing_stop=missing if missing > 0 else nan,
        says_size=int(said.size is not None),
    )


def definition_of(declared: "Declared") -> StrategyFile:
    """Return what a declarative strategy says; one in Python is refused by name."""
    if declared.definition is None:
        raise CryptoflowError(
            f"strategy {declared.id} is written in Python, which does not run yet",
            fix="write it as a strategy file; `cryptoflow init` shows one",
        )
    return declared.definition


def graphs_of(resolved: "Resolved") -> tuple[Graph, ...]:
    """Return the strategies' graphs."""
    for declared in resolved.strategies:
        definition_of(declared)
    return tuple(declared.graph for declared in resolved.strategies if declared.graph is not None)


def rules_of(resolved: "Resolved") -> dict[str, Effective]:
    """Return the rules that hold for a simulated run of a spec."""
    tier = tier_for(float(resolved.pipeline.capital), tiers(), resolved.pipeline.tier)
    places = {}
    for position, rule in enumerate(resolved.rules):
        written = resolved.origin((*RULES, position))
        places[rule.plugin_name] = str(written.place) if written else "spec"
    asked = {rule.plugin_name: rule for rule in resolved.rules}
    distance = resolved.pipeline.risk.stop_loss.max_distance
    written = resolved.origin(("risk", "stop_loss", "max_distance"))
    elsewhere = {"stop": {"max_distance": Bid(str(written.place) if written else "default", distance)}}
    return effective_rules(resolved.pipeline.risk.preset, tier, asked, places, elsewhere)


def rule_settings(rules: Mapping[str, Effective], steps: tuple[Step, ...]) -> tuple[tuple[float, ...], ...]:
    """Return each rule's numbers, headed by 1 when it holds."""
    return tuple((1.0, *rules[one.name].plugin.numbers()) if one.name in rules else (0.0,) for one in steps)


def warmup_of(resolved: "Resolved") -> int:
    """Return how many bars are needed before the first decision."""
    asked = resolved.pipeline.warmup
    return max((graph.warmup for graph in graphs_of(resolved)), default=0) if asked is None else asked


def plan_of(resolved: "Resolved", first_decisions: Sequence[int], cost_factor: float = 1.0) -> "Plan":
    """Return the plan of a simulated run."""
    from cryptoflow.engine.plan import Plan, Verbs

    pipeline = resolved.pipeline
    timeframe = int(pipeline.market.timeframe)
    zero = pipeline.execution.costs == "none"
    slippage_name = "none" if resolved.slippage is None else resolved.slippage.plugin_name
    rules = rules_of(resolved)
    verbs = Verbs(
        sizers=library("sizer", [resolved.sizer.plugin_name]),
        rules=library("rule", list(rules)),
        slippages=library("slippage", [slippage_name]),
    )
    graphs = graphs_of(resolved)
    return Plan(
        capital=float(pipeline.capital),
        account=Account(
            timeframe=timeframe,
            delay=int(pipeline.execution.latency) // timeframe * timeframe,
            fill_on_touch=int(pipeline.execution.fills.touch),
            volume_share=float(pipeline.execution.fills.volume),
            slippage=place_in(verbs.slippages, slippage_name),
            cost_factor=0.0 if zero else cost_factor,
            discipline=int(pipeline.discipline == "on"),
        ),
        symbols=tuple(str(symbol) for symbol in pipeline.market.symbols),
        markets=tuple(
            market_of(resolved, str(symbol), rules, first)
            for symbol, first in zip(pipeline.market.symbols, first_decisions, strict=True)
        ),
        strategies=tuple(
            strategy_of(resolved, declared, allocation, verbs.sizers)
            for declared, allocation in zip(resolved.strategies, resolved.allocations, strict=True)
        ),
        graphs=graphs,
        functions=functions_of(graphs),
        verbs=verbs,
        sizer_settings=tuple(resolved.sizer.numbers() for _ in resolved.strategies),
        rule_settings=rule_settings(rules, verbs.rules),
        slippage_settings=() if resolved.slippage is None else resolved.slippage.numbers(),
    )
