"""`cryptoflow db ship`."""

from typing import Annotated

import typer

from cryptoflow.cli.db_talk import answer, conclude
from cryptoflow.cli.options import AsJson, Quiet, account_named
from cryptoflow.cli.stopping import AGAIN, stoppable

Account = Annotated[
    str | None,
    typer.Argument(metavar="ACCOUNT", help="Only this account's journal.", show_default=False, callback=account_named),
]


def ship(account: Account = None, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Ship what the journals of this machine hold to the database that hosts share, once.

    A process that trades does so by itself while it runs; this is for what it left behind, and for backtests. Each
    journal is followed to its end first, and one that was altered is not shipped. Events keep their number and their
    seal, and what is there already stays as it is.

    Examples:

      cryptoflow db ship

      CRYPTOFLOW_DATABASE_URL=postgresql://desk@localhost/trading cryptoflow db ship main --json
    """
    from asyncio import run

    from cryptoflow.cli import say

    with stoppable(f"what was shipped is in the database and is not shipped twice; {AGAIN}", as_json=as_json):
        from cryptoflow.pipelines.databases import shipping

        done = run(shipping.ship(account, say.progress("events", quiet=quiet or as_json)))
    if as_json:
        found = {"database": done.database, "shipped": [each._asdict() for each in done.shipped]}
        answer(found, done.refused)
        return
    for each in done.shipped:
        say.text(f"{each.account}: {each.shipped:,} events shipped, the database has {each.events:,}")
    if not done.shipped and not done.refused:
        say.text("there is no journal to ship")
    conclude(done.refused)
