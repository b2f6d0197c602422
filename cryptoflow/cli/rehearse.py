"""`cryptoflow rehearse`."""

from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson, Overlay, Quiet, Sets, SpecFile
from cryptoflow.errors import ExitCode

Days = Annotated[int, typer.Option("--days", metavar="N", min=1, max=400, help="How many days at least.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="What the venue's ticks are drawn from.")]


def rehearse(
    spec: SpecFile,
    days: Days = 30,
    seed: Seed = 1,
    as_json: AsJson = False,
    quiet: Quiet = False,
    sets: Sets = None,
    env: Overlay = None,
) -> None:
    """Trade SPEC at a venue on this machine, days in seconds, and say what that has shown.

    The venue plays the spec's own prices and speaks as the real one does; orders, fills and the account's stream go
    over real sockets through the code that trades with real money. Afterwards both sides' books are held against each
    other: orders that are there twice or that no journal knows, balances to the last digit, the chain of the journal,
    and every decision made again. That is the certificate, kept in the project's state folder. It goes on until 20
    entries were filled, at most 400 days. Exit code 6 when anything does not hold, or too little happened.

    Examples:

      cryptoflow rehearse configs/btc_trend.yaml

      cryptoflow rehearse configs/btc_trend.yaml --days 7 --seed 3 --json
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.home import home_of
    from cryptoflow.pipelines.resolve import resolve
    from cryptoflow.pipelines.trading.certificate import kept
    from cryptoflow.pipelines.trading.rehearsing import rehearse

    resolved = resolve(spec, env=env, sets=tuple(sets or ()))
    found = rehearse(resolved, days=days, seed=seed, progress=say.progress("hours", quiet=quiet or as_json))
    file = kept(found, home_of(resolved.file))
    if as_json:
        say.data({**found.plain(), "file": str(file)})
    else:
        for line in (*found.lines(), f"  certificate: {file}"):
            say.text(line)
    raise typer.Exit(ExitCode.OK if found.holds else ExitCode.PROOF_FAILED)
