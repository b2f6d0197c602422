"""`cryptoflow tier`: what an account of a certain size may do."""

import typer

from cryptoflow.cli.options import AsJson

app = typer.Typer(help="What an account of a certain size may do.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def tier() -> None:
    """What an account of a certain size may do."""


@app.command()
def table(as_json: AsJson = False) -> None:
    """Show the five account tiers: the equity they take, what they unlock, and their limits.

    Examples:

      cryptoflow tier table
    """
    from cryptoflow.cli import say
    from cryptoflow.spec.shipped import tiers

    if as_json:
        say.data([tier.model_dump(mode="json", exclude_none=True) for tier in tiers()])
        return
    from cryptoflow.report.tier_table import tiers_table

    say.show(tiers_table(tiers()))
