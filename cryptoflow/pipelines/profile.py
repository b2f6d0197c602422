"""Where the time of a backtest goes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.backtest import Run
from cryptoflow.pipelines.history import Window, load_history
from cryptoflow.pipelines.listed import as_of
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.report.profile_table import Part, Profile
from cryptoflow.spec.formula import formula

if TYPE_CHECKING:
    from cryptoflow.engine.batch.timing import Spent
    from cryptoflow.engine.plan import Plan

WARM = "indicators, expressions, decisions and rules are medians of warm runs after the one reported"
SHARED = "indicators of one kind run side by side, and share their time in equal parts"
IDLE = "rules: what the run takes longer with the {count} that never bound than without; 0 where noise hides it"
BOUND = "rules: within the decisions, for a run without them would be another run"
EVENT = "the event engine is timed as a whole; the batch engine is in its parts"


class Warm(NamedTuple):
    """The parts of a warm run, and what there is to say of them."""

    parts: tuple[Part, ...]
    seconds: float
    notes: tuple[str, ...]


def profiled(resolved: Resolved, window: Window, run: Run, stages: Mapping[str, float]) -> Profile:
    """Return where a finished backtest spent its time; its decisions are made again, to tell their parts apart."""
    total, decide = run.timing.total_s, stages["decide"]
    load, start, metrics, costs = (stages.get(name, 0.0) for name in ("load", "start", "metrics", "costs"))
    if run.view.engine == "event":
        warm = Warm((Part("decisions", "indicators, strategies, rules, fills", decide),), decide, (EVENT,))
    else:
        warm = warm_parts(resolved, window)
    parts = (
        Part("load", "bars, read and checked", load),
        Part("start", "plan, imports, compiled code", start + max(0.0, decide - warm.seconds)),
        *warm.parts,
        Part("metrics", "of the run", metrics),
        Part("costs", "the same run at other costs", costs),
        Part("report", "tables, charts, files", total - decide - load - start - metrics - costs),
    )
    return Profile(parts, total, warm.notes)


def warm_parts(resolved: Resolved, window: Window) -> Warm:
    """Run the decisions of a spec again and return what each part of them takes."""
    from cryptoflow.engine.batch.timing import measure

    resolved = as_of(resolved, window.period(resolved.pipeline.period))
    history = load_history(resolved, window)
    plan = plan_of(resolved, history.first_decisions)
    spent = measure(plan, history.columns(), history.details())
    rules = spent.rules or 0.0
    parts = (
        *indicators(plan, spent, [len(bars) for bars in history.series]),
        Part("expressions", "comparisons, arithmetic, signals", spent.features - sum(calls(plan, spent).values())),
        Part("decisions", "entries, exits, fills, books", max(0.0, spent.whole - spent.features - rules)),
        Part("rules", f"{spent.idle_rules} that never bound", rules),
    )
    notes = (WARM, SHARED, BOUND if spent.rules is None else IDLE.format(count=spent.idle_rules))
    return Warm(parts, spent.whole, notes)


def calls(plan: "Plan", spent: "Spent") -> dict[tuple[int, int], float]:
    """Return what each call of a function took."""
    return {
        (strategy, place): took
        for (strategy, place), took in spent.nodes.items()
        if plan.graphs[strategy].nodes[place].op == "call"
    }


def indicators(plan: "Plan", spent: "Spent", bars: Sequence[int]) -> Iterator[Part]:
    """Yield a part for each indicator, the slowest first, with the base bars of the symbols it was computed on.

    What several strategies compute is computed for each of them, and adds up.
    """
    seconds: dict[str, float] = defaultdict(float)
    moved: dict[str, int] = defaultdict(int)
    for (strategy, place), took in calls(plan, spent).items():
        graph = plan.graphs[strategy]
        name, symbol = formula(graph, place), graph.nodes[place].stream.symbol
        seconds[name] += took
        moved[name] += bars[plan.symbols.index(symbol)] if symbol else sum(bars)
    for name in sorted(seconds, key=lambda name: -seconds[name]):
        yield Part("indicator", name, seconds[name], moved[name])


def plain(found: Profile) -> dict[str, Any]:
    """Return a profile as plain JSON values."""
    return {
        "total_s": round(found.total, 3),
        "parts": [
            {
                "part": part.kind,
                "what": part.what,
                "seconds": round(part.seconds, 6),
                "share": round(part.seconds / found.total, 4),
                "bars": part.bars or None,
            }
            for part in found.parts
        ],
        "notes": list(found.notes),
    }
