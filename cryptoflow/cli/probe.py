"""`cryptoflow probe`: may a spec's decisions be believed?"""

from typing import TYPE_CHECKING, Annotated

import typer

from cryptoflow.cli.backtest import From, To, shown
from cryptoflow.cli.options import AsJson, Overlay, Quiet, Sets, SpecFile

if TYPE_CHECKING:
    from cryptoflow.pipelines.probing.evidence import Evidence, Kept
    from cryptoflow.pipelines.resolved import Resolved

app = typer.Typer(help="May a spec's decisions be believed?", no_args_is_help=True, rich_markup_mode=None)

Futures = Annotated[int, typer.Option("--draws", metavar="N", min=1, max=1000, help="How many other futures.")]
Starts = Annotated[int, typer.Option("--draws", metavar="N", min=1, max=1000, help="How many later first bars.")]


@app.callback()
def probe() -> None:
    """May a spec's decisions be believed?"""


@app.command()
def lookahead(
    spec: SpecFile,
    first: From = None,
    last: To = None,
    draws: Futures = 12,
    as_json: AsJson = False,
    quiet: Quiet = False,
    sets: Sets = None,
    env: Overlay = None,
) -> None:
    """Decide again with other futures: nothing up to a bar may depend on what comes after it.

    Bars after a decision are left out, moved, shuffled and mirrored; signals, orders, refusals and fills before must
    stay the same to the last bit. Plugin files run on a copy of the project, each draw in a process of its own.
    The outcome is kept as evidence for this spec and this code; a failure stays until a pass reaches as far.
    Exit code 6 when something moved.

    Examples:

      cryptoflow probe lookahead configs/btc_trend.yaml

      cryptoflow probe lookahead configs/btc_trend.yaml --draws 40 --from 2024-01-01 --json
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.history import Window
    from cryptoflow.pipelines.probing.lookahead import lookahead
    from cryptoflow.pipelines.resolve import resolve

    resolved = resolve(spec, env=env, sets=tuple(sets or ()))
    drawn = say.progress("futures", quiet=quiet or as_json)
    found = lookahead(resolved, window=Window(first, last), draws=draws, progress=drawn)
    tell(*found, resolved, as_json=as_json)


@app.command()
def warmup(
    spec: SpecFile,
    first: From = None,
    last: To = None,
    draws: Starts = 6,
    as_json: AsJson = False,
    quiet: Quiet = False,
    sets: Sets = None,
    env: Overlay = None,
) -> None:
    """Begin again at later bars: once warm, every signal must be the same whichever bar the data began at.

    Flags must be equal, numbers to a billionth. What moves first is named with the indicator that needs more bars.
    The outcome is kept as evidence for this spec and this code; a failure stays until a pass reaches as far.
    Exit code 6 when something moved.

    Examples:

      cryptoflow probe warmup configs/btc_trend.yaml

      cryptoflow probe warmup configs/btc_trend.yaml --set warmup=100
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.history import Window
    from cryptoflow.pipelines.probing.warmup import warmup
    from cryptoflow.pipelines.resolve import resolve

    resolved = resolve(spec, env=env, sets=tuple(sets or ()))
    begun = say.progress("starts", quiet=quiet or as_json)
    found = warmup(resolved, window=Window(first, last), draws=draws, progress=begun)
    tell(*found, resolved, as_json=as_json)


def tell(evidence: "Evidence", kept: "Kept", resolved: "Resolved", *, as_json: bool) -> None:
    """Show the outcome and tell the account's journal; leave with 6 where it failed, with 7 where that is held."""
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.errors import ExitCode
    from cryptoflow.pipelines.tiers.probed import journalled

    untold = run(journalled(evidence, kept, resolved))
    if as_json:
        say.data({**evidence.plain(), "file": str(kept.file), "kept": kept.standing is None})
    else:
        for line in evidence.lines():
            say.text(line)
        say.text(f"evidence  {shown(kept.file)}")
    if kept.standing is not None:
        say.remark(kept.remark())
    if untold is not None:
        say.remark(untold.problems[0].what)
    if not evidence.passed:
        raise typer.Exit(ExitCode.PROOF_FAILED)
    if untold is not None and untold.code is ExitCode.LEASE_HELD:
        raise typer.Exit(ExitCode.LEASE_HELD)
