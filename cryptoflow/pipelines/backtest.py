"""A backtest: load, decide, measure, and leave a folder that says what happened."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptoflow.domain.codes import Guard, Topic
from cryptoflow.domain.metrics import Metrics
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.assemble import plan_of, rules_of
from cryptoflow.pipelines.caveats import caveats, of_the_year
from cryptoflow.pipelines.digest import code_digest, versions
from cryptoflow.pipelines.guarded import days_of
from cryptoflow.pipelines.history import History, Window, load_history
from cryptoflow.pipelines.home import home_of
from cryptoflow.pipelines.listed import as_of
from cryptoflow.pipelines.locks import refuse_locked
from cryptoflow.pipelines.measure import WORDS, acts_of, cost_row, fills, guard_rows, metrics_of, trade_rows
from cryptoflow.pipelines.past import runs
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.pipelines.stages import stage
from cryptoflow.pipelines.tapes import Names, equity_table, orders_tables, trades_tables
from cryptoflow.pipelines.tiers.table import digest, files_of, table_of
from cryptoflow.report.summary import Artifacts, Guards, Timing, summary
from cryptoflow.report.view import MOST_TRADES, CostRow, Prices, RunView

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Outcome, Plan
    from cryptoflow.pipelines.journals.recording import Recording

WHOLE = Window()
COST_FACTORS = (0.0, 1.0, 2.0)
ENGINES = ("batch", "event")
Tell = Callable[[str], None]
Progress = Callable[[int, int], None]


class Run(NamedTuple):
    """A finished backtest: its manifest, its folder, and what its report shows."""

    manifest: dict[str, Any]
    folder: Path
    view: RunView
    guards: Guards
    timing: Timing
    recording: "Recording | None" = None


def backtest(
    resolved: Resolved,
    *,
    window: Window = WHOLE,
    engine: str = "batch",
    home: Path | None = None,
    tell: Tell | None = None,
    progress: Progress | None = None,
    record: bool = False,
) -> Run:
    """Run a spec over history and write its run folder, and with `record` its decisions as a journal."""
    from cryptoflow.report.html import render

    if record:
        check_recordable(resolved)
    if engine not in ENGINES:
        raise CryptoflowError(f"there is no engine {engine!r}", fix="choose batch or event", code=ExitCode.USAGE)
    refuse_locked(resolved)
    began = perf_counter()
    place = runs.runs_folder(home or home_of(resolved.file))
    runs.make_room(place)
    if progress is not None and resolved.pipeline.execution.costs != "none":
        progress = over_all(progress, len(COST_FACTORS))
    resolved = as_of(resolved, window.period(resolved.pipeline.period))
    history = stage("load")(load_history)(resolved, window, home)
    loaded = perf_counter()
    plan = stage("start")(plan_of)(resolved, history.first_decisions)
    if tell is not None and engine == "batch":
        announce(plan, tell)
    outcome, engine, fallback = decide_somehow(plan, history, engine, progress)
    if tell is not None and fallback:
        tell(fallback)
    decided = perf_counter()
    names = Names(plan.symbols, [each.id for each in resolved.strategies], [rule.name for rule in plan.verbs.rules])
    view = view_of(resolved, plan, history, outcome, names, engine, progress)
    view = view._replace(notes=(*view.notes, fallback) if fallback else view.notes)
    manifest = manifest_of(resolved, plan, history, view)
    tables = {
        "orders": orders_tables(outcome, names),
        "trades": trades_tables(outcome, names),
        "equity": [equity_table(outcome)],
    }
    folder = runs.save(place / view.run_id, manifest, tables, render(view))
    recording = recorded(resolved, plan, outcome, names, view, home) if record else None
    ended = perf_counter()
    timing = Timing(loaded - began, decided - loaded, ended - decided, ended - began)
    return Run(manifest, folder, view, Guards(**manifest["guards"]), timing, recording)


@stage("record")
def recorded(
    resolved: Resolved, plan: "Plan", outcome: "Outcome", names: Names, view: RunView, home: Path | None
) -> "Recording":
    """Write what a run did as a journal of its own."""
    from cryptoflow.pipelines.journals.recording import Told, record
    from cryptoflow.pipelines.probing.evidence import code_of

    told = Told(
        run_id=view.run_id,
        spec=view.spec,
        spec_hash=view.spec_hash,
        code=code_digest(),
        data=view.data.fingerprint,
        seed=view.seed,
        currency=view.currency,
        plan=plan,
        outcome=outcome,
        strategies=names.strategies,
        rules=names.rules,
        table=digest(table_of(resolved)),
        decides=code_of(resolved),
    )
    return record(told, home or home_of(resolved.file))


def check_recordable(resolved: Resolved) -> None:
    """Refuse to record what proves nothing, before it is run."""
    if resolved.pipeline.discipline == "off":
        raise CryptoflowError(
            "a run with `discipline: off` is evidence for nothing, so it is not recorded",
            fix="take `discipline: off` out of the spec, or leave --record away",
            code=ExitCode.REFUSED,
        )


def over_all(progress: Progress, runs_in_all: int) -> Progress:
    """Return progress over a run and those at other costs, which follow it and are as long."""
    finished = 0

    def tell(done: int, rounds: int) -> None:
        nonlocal finished
        progress(finished + done, runs_in_all * rounds)
        if done == rounds:
            finished += rounds

    return tell


@stage("start")
def announce(plan: "Plan", tell: Tell) -> None:
    """Say that this run compiles first; what runs as plain Python does not."""
    from cryptoflow.engine.batch.run import is_cold

    if not any(script.plain for script in plan.verbs.scripts) and is_cold(plan):
        once = "strategy, which is kept until it changes" if plan.verbs.scripts else "engine, once per installation"
        tell(f"compiling the {once}: this takes about half a minute")


def decide(
    plan: "Plan", history: History, engine: str, progress: Progress | None = None, topic: Topic | None = None
) -> "Outcome":
    """Run a plan through the driver of that name; the compiled one can leave out all lines but those of a topic."""
    if engine == "event":
        from cryptoflow.engine.runtime.run import run as event

        return event(plan, history.columns(), history.details(), progress).since(history.period.start)
    from cryptoflow.engine.batch.run import run as batch

    bars, finer = history.columns(), history.details()
    return batch(plan, bars, finer, progress=progress, topic=topic).since(history.period.start)


@stage("decide")
def decide_somehow(
    plan: "Plan", history: History, engine: str, progress: Progress | None = None
) -> tuple["Outcome", str, str]:
    """Run a plan through the driver of that name, or the event driver where a guest cannot be compiled.

    Returns the outcome, the driver that ran, and what to say where it is another one.
    """
    from cryptoflow.engine.batch.refused import Uncompilable

    try:
        return decide(plan, history, engine, progress), engine, ""
    except Uncompilable as error:
        return (
            decide(plan, history, "event", progress),
            "event",
            f"{error}, so the slower event driver ran: same results",
        )


def view_of(
    resolved: Resolved,
    plan: "Plan",
    history: History,
    outcome: "Outcome",
    names: Names,
    engine: str,
    progress: Progress | None = None,
) -> RunView:
    """Return what the report shows."""
    facts = history.facts()
    closed = outcome.tape[outcome.tape["topic"] == Topic.TRADE]
    run_id = run_id_of(resolved, facts.fingerprint, engine, history)
    metrics, acts = stage("metrics")(metrics_of)(resolved, outcome), acts_of(outcome, plan)
    return RunView(
        title=f"Backtest of {resolved.pipeline.name}",
        spec=resolved.pipeline.name,
        symbols=plan.symbols,
        timeframe=plan.account.timeframe,
        currency=resolved.pipeline.capital.currency,
        capital=plan.capital,
        times=outcome.times,
        equity=outcome.equity,
        metrics=metrics,
        data=facts,
        prices=prices_of(history, closed),
        trades=trade_rows(closed[:MOST_TRADES], names, [market.lot for market in plan.markets]),
        costs=cost_rows(resolved, plan, history, metrics, engine, progress),
        guards=guard_rows(outcome, names),
        acts=acts,
        days=days_of(outcome, plan, names, acts),
        warnings=caveats(resolved, plan, history, outcome, names, facts),
        notes=(*history.notes(), *of_the_year(resolved)),
        run_id=run_id,
        spec_hash=resolved.spec_hash,
        seed=resolved.pipeline.seed,
        engine=engine,
        versions=versions(),
        reproduce=f"cryptoflow runs reproduce {run_id}",
    )


def prices_of(history: History, closed: Any) -> tuple[Prices, ...]:
    """Return each symbol's bars as the report draws them, and when its closed trades bought and sold."""
    from cryptoflow.report.thin import drawn

    prices = []
    for place, series in enumerate(history.series):
        shown = drawn(series.between(history.period.start, history.period.end), len(history.series))
        bought, sold = fills(closed, place)
        prices.append(shown._replace(bought=bought, sold=sold))
    return tuple(prices)


@stage("costs")
def cost_rows(
    resolved: Resolved,
    plan: "Plan",
    history: History,
    own: Metrics,
    engine: str,
    progress: Progress | None = None,
) -> tuple[CostRow, ...]:
    """Return what the same spec brings at no cost, its own, and twice its costs; at zero cost there is one row."""
    if resolved.pipeline.execution.costs == "none":
        return (cost_row(0.0, own),)
    rows = []
    for factor in COST_FACTORS:
        found = own
        if factor != 1.0:
            other = plan._replace(account=replace(plan.account, cost_factor=factor))
            found = metrics_of(resolved, decide(other, history, engine, progress, Topic.TRADE))
        rows.append(cost_row(factor, found))
    return tuple(rows)


def acted(view: RunView) -> tuple[int, int, int, int]:
    """Return how often the kill switch tripped, the account went down a tier, a level of tilt began, and a lock-out."""
    what = [act.what for act in view.acts]
    locked = sum(act.what == WORDS[Guard.TILTED] and act.why.startswith("locked") for act in view.acts)
    tripped, demoted, tilted = (what.count(WORDS[each]) for each in (Guard.TRIPPED, Guard.DEMOTED, Guard.TILTED))
    return tripped, demoted, tilted, locked


def run_id_of(resolved: Resolved, fingerprint: str, engine: str, history: History) -> str:
    """Return an id made of everything that went into a run: the same run has the same id."""
    listings = () if resolved.listed is None else resolved.listed.digests()
    table = [digest(table_of(resolved))] if files_of(resolved.file) else []
    parts = (resolved.spec_hash, fingerprint, code_digest(), engine, str(history.period), *listings, *table)
    return f"{resolved.pipeline.name}-{sha256(json.dumps(parts).encode()).hexdigest()[:10]}"


def manifest_of(resolved: Resolved, plan: "Plan", history: History, view: RunView) -> dict[str, Any]:
    """Return what a run notes about itself: enough to run it again and to say what was different."""
    kinds = [guard.what for guard in view.guards for _ in range(guard.times)]
    return {
        "run_id": view.run_id,
        "mode": "backtest",
        "created_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "name": view.spec,
        "spec_file": str(resolved.file.resolve()),
        "spec_hash": resolved.spec_hash,
        "spec": resolved.canonical(),
        "period": str(history.period),
        "engine": view.engine,
        "seed": view.seed,
        "code": code_digest(),
        "versions": versions(),
        "data": view.data._asdict(),
        "series": dict(zip(plan.symbols, history.fingerprints, strict=True)),
        "listings": None if resolved.listed is None else resolved.listed.facts(),
        "markets": {
            name: {field: getattr(market, field) for field in market.__slots__}
            for name, market in zip(plan.symbols, plan.markets, strict=True)
        },
        "rules": {name: rule.plugin.model_dump(mode="json") for name, rule in rules_of(resolved).items()},
        "metrics": view.metrics.plain(),
        "guards": Guards(kinds.count("refused"), kinds.count("reduced"), *acted(view))._asdict(),
    }


def summary_of(run: Run) -> Mapping[str, Any]:
    """Return the object that `backtest --json` prints."""
    journal = {} if run.recording is None else {"journal": run.recording.facts()}
    found = summary(
        run_id=run.view.run_id,
        spec_hash=run.view.spec_hash,
        data=run.view.data,
        engine=run.view.engine,
        metrics=run.view.metrics,
        guards=run.guards,
        timing=run.timing,
        remarks=run.view.warnings,
        artifacts=Artifacts(
            manifest=str(run.folder / runs.MANIFEST),
            trades=str(run.folder / "trades.parquet"),
            orders=str(run.folder / "orders.parquet"),
            equity=str(run.folder / "equity.parquet"),
            report=str(run.folder / "report.html"),
        ),
    )
    return {**found, **journal}
