"""`cryptoflow db copy`."""

from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson, Quiet
from cryptoflow.cli.stopping import AGAIN, stoppable

To = Annotated[str, typer.Option("--to", metavar="URL", help="The database to copy into.", show_default=False)]
From = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="URL", help="Copy this database; without it all of this machine's.", show_default=False
    ),
]


def copy(to: To, source: From = None, quiet: Quiet = False, as_json: AsJson = False) -> None:
    """Copy the shared database and every journal into one other database, and prove that all is there as it was.

    Each journal is followed to its end first: one that was altered is not copied, nor are two that contradict each
    other. Counts, the end of every journal and all rows are compared at the end. Either ends with 6. A copy that was
    interrupted goes on where it stopped when it is called again. A target that holds other events is refused.

    Examples:

      cryptoflow db copy --to postgresql://desk@localhost/trading

      cryptoflow db copy --from postgresql://desk@localhost/trading --to sqlite:///trading.db
    """
    from asyncio import run

    from cryptoflow.cli import say

    with stoppable(f"what was copied is in the target and is not copied twice; {AGAIN}", as_json=as_json):
        from cryptoflow.pipelines.databases.copying import copy as copied

        progress, follows = (say.progress(what, quiet=quiet or as_json) for what in ("copied", "followed"))
        found = run(copied(to, source, progress=progress, follows=follows))
    if as_json:
        say.data(found.facts())
        return
    for each in found.accounts:
        say.text(f"{each.account}: {each.events:,} events to {each.hash[:12]}, {sum(each.rows.values()):,} rows")
    say.text(f"shared: {sum(found.shared.values()):,} rows")
    say.text(f"all of it is in {found.target} as it was")
