"""`cryptoflow backtest`."""

from pathlib import Path
from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson, Overlay, Quiet, Sets, SpecFile

From = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="First day, instead of the spec's.", show_default=False)
]
To = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help="Last day, which counts whole.", show_default=False)
]
Engine = Annotated[str, typer.Option(metavar="batch|event", help="Compiled loop, or the loop that trades live.")]
Timed = Annotated[bool, typer.Option("--profile", help="Say where the time went: each indicator, rules, report.")]

Record = Annotated[bool, typer.Option("--record", help="Write its decisions as a journal, for `journal` and `audit`.")]


MOST_ACTS = 20
"""Lines of what discipline did that a terminal shows, or days where there are more; the report has them all."""


def backtest(
    spec: SpecFile,
    first: From = None,
    last: To = None,
    engine: Engine = "batch",
    profile: Timed = False,
    record: Record = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    sets: Sets = None,
    env: Overlay = None,
) -> None:
    """Replay history through SPEC and report what it would have done.

    Examples:

      cryptoflow backtest configs/btc_trend.yaml

      cryptoflow backtest configs/btc_trend.yaml --from 2024-01-01 --set sizing.risk=1% --json
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.backtest import backtest, summary_of
    from cryptoflow.pipelines.history import Window
    from cryptoflow.pipelines.profile import plain, profiled
    from cryptoflow.pipelines.resolve import resolve
    from cryptoflow.pipelines.stages import watching
    from cryptoflow.report.profile_table import profile_table
    from cryptoflow.report.tables import acts_table, costs_table, days_table, guards_table, metrics_table

    resolved = resolve(spec, env=env, sets=tuple(sets or ()))
    silent = quiet or as_json
    window = Window(first, last)
    with watching() as stages:
        run = backtest(
            resolved,
            window=window,
            engine=engine,
            tell=None if silent else say.remark,
            progress=say.progress("rounds", quiet=silent),
            record=record,
        )
    found = profiled(resolved, window, run, stages) if profile else None
    if as_json:
        say.data({**summary_of(run), **({"profile": plain(found)} if found else {})})
        return
    if found:
        say.show(profile_table(found), talk=True)
    if not quiet:
        for warning in run.view.warnings:
            say.remark(warning)
    if run.view.guards:
        say.show(guards_table(run.view.guards))
    if len(run.view.acts) > MOST_ACTS:
        say.show(days_table(run.view.days[-MOST_ACTS:]))
        say.text(f"the last {MOST_ACTS} of {len(run.view.days):,} days on which a guard acted; the report has them all")
    elif run.view.acts:
        say.show(acts_table(run.view.acts))
    say.show(metrics_table(run.view.metrics, run.view.currency, run.view.title))
    say.show(costs_table(run.view.costs))
    say.text(f"run     {run.view.run_id}")
    say.text(f"report  {shown(run.folder / 'report.html')}")
    if run.recording is not None:
        say.text(f"journal {shown(run.recording.file)}, {run.recording.head.seq:,} events")


def shown(path: Path) -> str:
    """Return a path from the current folder where it lies below it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
