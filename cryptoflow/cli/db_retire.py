"""`cryptoflow db retire`."""

from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson, accounts_named

Before = Annotated[
    str | None,
    typer.Option(
        metavar="DAY", help="Months that ended before this day; none: as the settings say.", show_default=False
    ),
]
Tables = Annotated[
    list[str] | None,
    typer.Option("--table", metavar="TABLE", help="Only of this table, like equity.", show_default=False),
]
Finished = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ACCOUNT", help="An account that writes nothing any more.", show_default=False, callback=accounts_named
    ),
]
Pretend = Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")]


def retire(
    before: Before = None,
    tables: Tables = None,
    finished: Finished = None,
    pretend: Pretend = False,
    as_json: AsJson = False,
) -> None:
    """Take whole months that have grown old out of the shared database.

    A day without tables is about minutes of equity and risk, whose hours and days stay. Without a day the settings
    say what is kept how long (`CRYPTOFLOW_RETENTION__EQUITY=400`, in days); what they do not name is kept for ever.
    Nothing goes that is still needed: months that an account may still ship to, open orders, events that no snapshot
    covers. Before events go, snapshots of every account's kill switch, tilt and tier are kept. Journals in files are
    never cut.

    Examples:

      cryptoflow db retire --before 2024-01-01 --dry-run

      cryptoflow db retire --before 2024-01-01 --table events --table orders
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.clock import MachineClock
    from cryptoflow.pipelines.databases.retiring import taken_away, wanted
    from cryptoflow.pipelines.databases.targets import shared

    moments = wanted(before, tables or (), MachineClock())
    asked = moments or finished
    found = run(taken_away(shared(), moments, finished=finished or (), pretend=pretend)) if asked else []
    retired = [month for each in found for month in each.retired]
    kept = [each.kept for each in found if each.kept is not None]
    if as_json:
        said = {"retired": [each._asdict() for each in retired], "kept": [each._asdict() for each in kept]}
        say.data({"pretended": pretend, **said})
        return
    for month in retired:
        say.text(f"{'would go' if pretend else 'gone'}: {month.table} of {month.month}, {month.rows:,} rows")
    for held in kept:
        say.text(f"stays: {held.table} from {held.month} on, for {held.why}")
    if not moments:
        say.text("everything is kept for ever: no table has a retention in the settings")
    elif not retired and not kept:
        say.text("nothing is old enough")
