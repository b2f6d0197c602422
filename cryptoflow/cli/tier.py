"""`cryptoflow tier`: what an account may do, what it has shown for it, and what it lacks."""

from pathlib import Path
from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson, account_named

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

OfAccount = Annotated[str, typer.Option("--account", metavar="NAME", help="Whose tier.", callback=account_named)]
ForSpec = Annotated[
    Path | None,
    typer.Option(
        "--spec",
        metavar="SPEC",
        help="Count probes and paper of this spec; without one, of the file of tier 1.",
        show_default=False,
    ),
]
Operator = Annotated[str, typer.Option("--operator", metavar="NAME", help="Who takes note of it.", show_default=False)]


@app.callback()
def tier() -> None:
    """What an account may do, and why.

    Examples:

      cryptoflow tier show

      cryptoflow tier gates --spec configs/btc_trend.yaml
    """


@app.command()
def show(account: OfAccount = "main", as_json: AsJson = False) -> None:
    """Show the tier of an account, what it allows, and what keeps the account from more for a while.

    Examples:

      cryptoflow tier show

      cryptoflow tier show --account paper-main --json
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.pipelines.tiers.telling import shown
    from cryptoflow.report.tier_standing import standing_lines

    found = run(shown(account))
    if as_json:
        say.data(found.facts())
        return
    for line in standing_lines(found):
        say.text(line)


@app.command()
def gates(account: OfAccount = "main", spec: ForSpec = None, as_json: AsJson = False) -> None:
    """Show the gates to the next tier: what there is, what is needed, and what brings them nearer.

    Examples:

      cryptoflow tier gates

      cryptoflow tier gates --spec configs/btc_trend.yaml --json
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.pipelines.tiers.telling import gates_told
    from cryptoflow.report.tier_standing import advice_lines, gate_lines

    found = run(gates_told(account, spec))
    if as_json:
        say.data(found.facts())
        return
    say.text(found.head)
    for line in (*gate_lines(found.gates), *advice_lines(found)):
        say.text(line)


@app.command()
def history(account: OfAccount = "main", as_json: AsJson = False) -> None:
    """List how an account came to its tier, and what of it is not believed.

    Examples:

      cryptoflow tier history

      cryptoflow tier history --account backtest-majors-1a2b3c4d5e
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.pipelines.journals.lines import as_object, line_of
    from cryptoflow.pipelines.tiers.standing import asked_about

    found = run(asked_about(account))
    doubts = {each.seq: each.what for each in found.doubts}
    if as_json:
        moves = [{**as_object(each), "doubt": doubts.get(each.seq)} for each in found.moves]
        say.data({"account": account, "tier": found.tier, "moves": moves})
        return
    for each in found.moves:
        doubt = doubts.get(each.seq)
        say.text(line_of(each) + (f"  not believed: {doubt}" if doubt else ""))
    if not found.moves:
        say.remark(f"the journal of {account} tells of no tier: it is in tier {found.tier}")


@app.command()
def table(as_json: AsJson = False) -> None:
    """Show the five account tiers: the equity they take, what they unlock, and their limits.

    A project's own files in configs/tiers may tighten what ships; what is looser in them is refused with its line.

    Examples:

      cryptoflow tier table
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.tiers.table import table_beside

    tiers = table_beside().tiers
    if as_json:
        say.data([tier.model_dump(mode="json", exclude_none=True) for tier in tiers])
        return
    from cryptoflow.report.tier_table import tiers_table

    say.show(tiers_table(tiers))


@app.command()
def ack(operator: Operator, account: OfAccount = "main", as_json: AsJson = False) -> None:
    """Take note of a demotion, so that entries are allowed again as the tier allows them.

    The tier stays as it is, and so does the wait for the next promotion.

    Examples:

      cryptoflow tier ack --operator ada
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.pipelines.tiers.acknowledging import acknowledged

    recorded = run(acknowledged(account, operator))
    if as_json:
        say.data({"account": account, "event": recorded.seq, "operator": operator})
    else:
        say.text(f"{account}: acknowledged by {operator} (event {recorded.seq})")
