"""`cryptoflow tilt`: how calmly an account is led."""

from pathlib import Path
from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson, account_named

Account = Annotated[str, typer.Option("--account", metavar="NAME", help="Whose.", callback=account_named)]
Lines = Annotated[
    Path | None,
    typer.Argument(metavar="FILE", help="One JSON object per line; standard input without it.", show_default=False),
]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who observed it, as the journal will say.")]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def tilt() -> None:
    """How calmly an account is led.

    Examples:

      cryptoflow tilt show

      cryptoflow tilt ingest seen.jsonl --account main
    """


@app.command()
def show(account: Account = "main", as_json: AsJson = False) -> None:
    """Show an account's level, what is live, until when, and what of its size an entry keeps.

    Examples:

      cryptoflow tilt show

      cryptoflow tilt show --account main --json
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.clock import MachineClock
    from cryptoflow.pipelines.tilting.standing import conduct_of, standing

    found = standing(account, run(conduct_of(account)), MachineClock().now())._asdict()
    if as_json:
        say.data(found)
        return
    from cryptoflow.report.tilt_tables import sentences

    for line in sentences(found):
        say.text(line)


@app.command()
def history(account: Account = "main", as_json: AsJson = False) -> None:
    """List what was observed, the levels that followed, and how they ended, oldest first.

    With --json each is an object on a line of its own.

    Examples:

      cryptoflow tilt history
    """
    from asyncio import run
    from contextlib import aclosing

    from cryptoflow.cli import say
    from cryptoflow.pipelines.journals.lines import as_object, line_of
    from cryptoflow.pipelines.journals.listing import Asked, listed

    async def shown() -> int:
        count = 0
        async with aclosing(listed(Asked(account, names=("tilt.*", "override.attempted")))) as events:
            async for event, _ in events:
                count += 1
                if as_json:
                    say.row(as_object(event))
                else:
                    say.text(line_of(event))
        return count

    if not run(shown()):
        say.remark(f"nothing has happened: {account} is calm")


@app.command()
def baseline(account: Account = "main", as_json: AsJson = False) -> None:
    """Show what is usual of an account's strategies and of its operator, and what every indicator looks at.

    Examples:

      cryptoflow tilt baseline
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.pipelines.tilting.standing import conduct_of, indicators, ranges

    found = [each._asdict() for each in ranges(run(conduct_of(account)))]
    if as_json:
        say.data({"account": account, "ranges": found, "indicators": list(indicators())})
        return
    from cryptoflow.report.tilt_tables import indicators_table, ranges_table

    say.show(ranges_table(found))
    say.show(indicators_table(indicators()))


@app.command()
def ingest(file: Lines = None, account: Account = "main", by: By = "operator", as_json: AsJson = False) -> None:
    """Write what an operator did elsewhere into an account's journal, with what follows from it.

    Each line says when (`at`) and what: an order, trade, cancel, edit, override or restart. Lines are in the order of
    time; a mistake in any of them and none is written.

    Examples:

      cryptoflow tilt ingest observed.jsonl

      tail -n 20 terminal.jsonl | cryptoflow tilt ingest --by terminal
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.cli.texts import text_of
    from cryptoflow.clock import MachineClock
    from cryptoflow.pipelines.tilting.ingesting import ingest as ingested
    from cryptoflow.pipelines.tilting.observations import observations

    seen = observations(text_of(file).splitlines(), str(file or "-"), MachineClock().now())
    found = run(ingested(account, seen, by))
    if as_json:
        say.data(found._asdict())
        return
    followed = ", ".join(found.followed) or "nothing"
    say.text(f"{found.observed} observed in the journal of {found.account}; from that followed {followed}")
