"""From a resolved spec to a plan for the engine: the place where plugins, tables and limits become numbers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import nan
from typing import TYPE_CHECKING, get_args

from cryptoflow.domain.codes import OrderType, TimeInForce
from cryptoflow.domain.discipline.records import Tier
from cryptoflow.domain.graph import Graph
from cryptoflow.domain.language import WORDS
from cryptoflow.domain.records import Account, Strategy, Symbol
from cryptoflow.domain.steps import Function, Script, Step
from cryptoflow.market.venues import NO_FILTERS, fees_of, filters_of
from cryptoflow.pipelines.gates import Asked, day_demotion_of, gates_of
from cryptoflow.pipelines.limits import Bid, Effective, effective_rules, tier_for
from cryptoflow.pipelines.resolved import RULES
from cryptoflow.pipelines.scripts import script_of, values_of
from cryptoflow.pipelines.tiers.table import table_of
from cryptoflow.plugins import registry
from cryptoflow.plugins.kinds import FURTHER_VERBS, Sizer
from cryptoflow.plugins.rules import ORDER
from cryptoflow.spec.execution import Costs, Fees
from cryptoflow.spec.features import Need
from cryptoflow.spec.tier_file import Feature, TierFile

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Plan
    from cryptoflow.pipelines.declared import Declared
    from cryptoflow.pipelines.resolved import Resolved

FEATURES: tuple[str, ...] = get_args(Feature)
COUNTED = ("many_symbols", "strategies")
"""Features that say how many there may be, which each entry is counted against."""

UNLIMITED = 1_000_000
"""Adds that a strategy in Python may make: it counts them itself."""

VERBS = {"sizer": "notional", "rule": "headroom", "slippage": "cost", "gate": "finding"}


def step(kind: str, name: str) -> Step:
    """Return a plugin's verb for the engine."""
    plugin = registry.find(kind, name)
    further = {verb: getattr(plugin, verb) for verb in FURTHER_VERBS.get(kind, ()) if hasattr(plugin, verb)}
    if issubclass(plugin, Sizer):
        further |= {"reads": len(plugin.let), "past": plugin.past}
    return Step(name, getattr(plugin, VERBS[kind]))._replace(**further)


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
    terms = None if resolved.listed is None else resolved.listed.terms.get(symbol)
    filters = filters_of(symbol, terms) if pipeline.market.filters == "venue" else NO_FILTERS
    least = float(getattr(rules["filters"].plugin, "minimum", 0.0)) if pipeline.discipline == "on" else 0.0
    costs = pipeline.execution.costs
    fees = fees_of(pipeline.market.venue, terms)
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
    """Return a strategy's settings as numbers; one in Python says in its signals what a file would say for good."""
    entry = resolved.pipeline.execution.entry
    said = declared.definition
    missing = resolved.pipeline.risk.stop_loss.missing.share
    whole = Strategy(
        allocation=allocation,
        sizer=place_in(sizers, resolved.sizer.plugin_name),
        spends=1 if getattr(resolved.sizer, "spends", False) else 0,
        order_type=OrderType[entry.order.upper()].value,
        time_in_force=TimeInForce[entry.time_in_force.upper()].value,
        post_only=int(entry.post_only),
        offset=float(entry.offset),
        expires=int(entry.expires),
        missing_stop=missing if missing > 0 else nan,
    )
    if said is None:
        return replace(whole, max_adds=UNLIMITED, says_size=2)
    return replace(
        whole,
        max_bars=said.max_bars or 0,
        cooldown=int(said.cooldown or 0),
        max_adds=(said.max_adds or 1) if said.add_when is not None else 0,
        stop_share=said.stop_loss.share if said.stop_loss is not None else nan,
        take_share=said.take_profit.share if said.take_profit is not None else nan,
        trail_share=said.trailing_stop.share if said.trailing_stop is not None else nan,
        says_size=int(said.size is not None),
    )


def scripted(resolved: "Resolved", sizers: tuple[Step, ...]) -> tuple[tuple[Strategy, ...], tuple[Script, ...]]:
    """Return all strategies' settings, and the scripts of those in Python, each once."""
    settings: list[Strategy] = []
    scripts: list[Script] = []
    for position, (declared, allocation) in enumerate(zip(resolved.strategies, resolved.allocations, strict=True)):
        one = strategy_of(resolved, declared, allocation, sizers)
        if declared.plugin is not None:
            script = script_of(declared.plugin)
            if script not in scripts:
                scripts.append(script)
            one = replace(one, script=scripts.index(script))
        settings.append(replace(one, needs=needs_of(resolved, position)))
    return tuple(settings), tuple(scripts)


def graphs_of(resolved: "Resolved") -> tuple[Graph, ...]:
    """Return the strategies' graphs, and last that of what the sizer reads."""
    market, sizer = resolved.pipeline.market, resolved.sizer
    assert isinstance(sizer, Sizer)
    reads = values_of(sizer, int(market.timeframe), resolved.symbols, resolved.days)
    return (*(declared.graph for declared in resolved.strategies if declared.graph is not None), reads)


def starting_tier(resolved: "Resolved") -> TierFile:
    """Return the tier that a simulated run of a spec begins in."""
    return tier_for(float(resolved.pipeline.capital), table_of(resolved).tiers, resolved.pipeline.tier)


def rules_of(resolved: "Resolved", tier: TierFile | None = None) -> dict[str, Effective]:
    """Return the rules that hold for a simulated run of a spec in a tier, in the one that it begins in without one."""
    tier = tier or starting_tier(resolved)
    places = {}
    for position, rule in enumerate(resolved.rules):
        written = resolved.origin((*RULES, position))
        places[rule.plugin_name] = str(written.place) if written else "spec"
    asked = {rule.plugin_name: rule for rule in resolved.rules}
    distance = resolved.pipeline.risk.stop_loss.max_distance
    written = resolved.origin(("risk", "stop_loss", "max_distance"))
    elsewhere = {"stop": {"max_distance": Bid(str(written.place) if written else "default", distance)}}
    return effective_rules(resolved.pipeline.risk.preset, tier, asked, places, elsewhere)


def tier_of(tier: TierFile, rules: Mapping[str, Effective], asked: Mapping[str, Asked], warn_at: float) -> Tier:
    """Return what a tier asks and allows, with the limits of a spec's rules as they hold in it."""
    day, fall = rules["daily_loss"].plugin.limit, rules["drawdown"].plugin.limit  # type: ignore[attr-defined]
    streak, alike, limits = rules["streak"].plugin, rules["correlation"].plugin, tier.limits
    return Tier(
        low=float(tier.equity.low),
        day_share=day.share,
        day_amount=day.amount,
        fall_share=fall.share,
        fall_amount=fall.amount,
        streak=streak.losses,  # type: ignore[attr-defined]
        streak_cost=float(streak.cost),  # type: ignore[attr-defined]
        streak_pause=int(streak.pause),  # type: ignore[attr-defined]
        streak_stop=streak.stop,  # type: ignore[attr-defined]
        unlocks=bits(tier.unlocks),
        symbols=symbols_of(tier),
        strategies=limits.strategies if limits else UNLIMITED,
        alike=float(alike.at),  # type: ignore[attr-defined]
        alike_days=alike.days,  # type: ignore[attr-defined]
        alike_least=alike.least,  # type: ignore[attr-defined]
        day_kill=float(rules["daily_loss"].plugin.kill),  # type: ignore[attr-defined]
        day_most=float(rules["daily_loss"].plugin.most),  # type: ignore[attr-defined]
        week=float(rules["daily_loss"].plugin.week),  # type: ignore[attr-defined]
        month=float(rules["daily_loss"].plugin.month),  # type: ignore[attr-defined]
        wait=int(tier.protection.wait),
        warn_at=warn_at,
        day_demotion=day_demotion_of(asked),
    )


def symbols_of(tier: TierFile) -> int:
    """Return how many symbols of a spec a tier trades: those it says, else one, or all where several are unlocked."""
    if tier.limits is not None and tier.limits.symbols is not None:
        return tier.limits.symbols
    return UNLIMITED if "many_symbols" in tier.unlocks else 1


def bits(features: Iterable[str]) -> int:
    """Return features of the tier table as a bit each.

    >>> bits(["market", "target"]), bits([])
    (5, 0)
    """
    return sum(1 << FEATURES.index(feature) for feature in set(features))


def needs_of(resolved: "Resolved", strategy: int) -> int:
    """Return the features that a strategy's orders make use of; how many there are is counted elsewhere."""

    def concerns(need: Need) -> bool:
        alone = need.path[:1] == ("strategies",)
        return need.feature not in COUNTED and (not alone or need.path[1] == strategy)

    return bits(need.feature for need in resolved.needed if concerns(need))


def gate_settings(asked: Mapping[str, Asked], steps: tuple[Step, ...]) -> tuple[tuple[float, ...], ...]:
    """Return each gate's numbers, headed by what a tier asks it for, 0 where it asks nothing."""
    return tuple(asked[step.name].numbers() if step.name in asked else (0.0,) for step in steps)


def rule_settings(rules: Mapping[str, Effective], steps: tuple[Step, ...]) -> tuple[tuple[float, ...], ...]:
    """Return each rule's numbers, headed by 1 when it holds."""
    return tuple((1.0, *rules[one.name].plugin.numbers()) if one.name in rules else (0.0,) for one in steps)


def warmup_of(resolved: "Resolved") -> int:
    """Return how many bars are needed before the first decision."""
    asked = resolved.pipeline.warmup
    return own_warmup(resolved) if asked is None else asked


def own_warmup(resolved: "Resolved") -> int:
    """Return how many bars indicators and strategies in Python say that they need."""
    own = [declared.plugin.warmup() for declared in resolved.strategies if declared.plugin is not None]
    return max(*(graph.warmup for graph in graphs_of(resolved)), *own, 0)


def plan_of(resolved: "Resolved", first_decisions: Sequence[int], cost_factor: float = 1.0) -> "Plan":
    """Return the plan of a simulated run."""
    from cryptoflow.engine.plan import Plan, Verbs

    pipeline = resolved.pipeline
    timeframe = int(pipeline.market.timeframe)
    zero = pipeline.execution.costs == "none"
    slippage_name = "none" if resolved.slippage is None else resolved.slippage.plugin_name
    tier, table = starting_tier(resolved), table_of(resolved)
    asked = [gates_of(tree) for tree in table.trees]
    by_tier = [rules_of(resolved, each if each.limits else tier) for each in table.tiers]
    rules = by_tier[tier.tier]
    sizers = library("sizer", [resolved.sizer.plugin_name])
    strategies, scripts = scripted(resolved, sizers)
    verbs = Verbs(
        sizers=sizers,
        rules=library("rule", list(rules)),
        slippages=library("slippage", [slippage_name]),
        gates=library("gate", sorted({name for each in asked for name in each})),
        scripts=scripts,
    )
    detail = int(pipeline.market.detail or timeframe)
    costs = pipeline.execution.costs
    graphs, after_kill = graphs_of(resolved), pipeline.risk.after_kill.pause
    return Plan(
        capital=float(pipeline.capital),
        account=Account(
            timeframe=timeframe,
            detail=detail,
            delay=int(pipeline.execution.latency) // detail * detail,
            fill_on_touch=int(pipeline.execution.fills.touch),
            volume_share=float(pipeline.execution.fills.volume),
            slippage=place_in(verbs.slippages, slippage_name),
            cost_factor=0.0 if zero else cost_factor,
            discipline=int(pipeline.discipline == "on"),
            base_fees=int(isinstance(costs, Costs) and costs.fee_in == "base"),
            after_kill=-1 if after_kill is None else after_kill,
            drop=float(pipeline.risk.flash_drop.share),
            drop_pause=int(pipeline.risk.flash_drop.pause),
            highest_tier=4 if pipeline.tier is None else max(1, pipeline.tier),
        ),
        symbols=resolved.symbols,
        markets=tuple(
            market_of(resolved, symbol, rules, first)
            for symbol, first in zip(resolved.symbols, first_decisions, strict=True)
        ),
        strategies=strategies,
        graphs=graphs,
        functions=functions_of(graphs),
        verbs=verbs,
        script_settings=tuple(() if each.plugin is None else each.plugin.numbers() for each in resolved.strategies),
        sizer_settings=tuple(resolved.sizer.numbers() for _ in resolved.strategies),
        rule_settings=tuple(rule_settings(each, verbs.rules) for each in by_tier),
        slippage_settings=() if resolved.slippage is None else resolved.slippage.numbers(),
        tier=tier.tier,
        tiers=tuple(
            tier_of(each, held, gates, float(pipeline.risk.warn_at))
            for each, held, gates in zip(table.tiers, by_tier, asked, strict=True)
        ),
        gate_settings=tuple(gate_settings(each, verbs.gates) for each in asked),
        phases=tuple(each.protection.pace() for each in table.tiers),
        resume=pipeline.risk.resume.pace(),
        tilt=pipeline.risk.tilt.limits(),
    )
