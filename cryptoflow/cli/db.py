"""`cryptoflow db`: the databases of this machine."""

from typing import Annotated

import typer

from cryptoflow.cli import db_copy, db_lease, db_retire, db_ship
from cryptoflow.cli.db_talk import answer, conclude
from cryptoflow.cli.options import AsJson, account_named
from cryptoflow.cli.stopping import AGAIN, stoppable

app = typer.Typer(name="db", help="Look after the databases and journals.", no_args_is_help=True)
app.command("copy")(db_copy.copy)
app.command("retire")(db_retire.retire)


@app.command("status")
def status(as_json: AsJson = False) -> None:
    """Say of every database which revision it has, how much is in it, and what waits there for somebody.

    That are messages on their way out, those that did not arrive (dead letters), and commands without an answer.

    Examples:

      cryptoflow db status

      CRYPTOFLOW_DATABASE_URL=postgresql://desk@localhost/trading cryptoflow db status --json
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.clock import MachineClock
    from cryptoflow.pipelines.databases.asking import asked
    from cryptoflow.pipelines.databases.revisions import status
    from cryptoflow.pipelines.databases.targets import targets
    from cryptoflow.report.database_tables import DatabaseLine, advice, status_table

    found, errors = run(asked(targets(), status))
    now = MachineClock().now()
    if as_json:
        answer({"databases": [each.facts(now) for each in found]}, errors)
        return
    lines = [DatabaseLine(each.name, each.found, each.needed, each.events) for each in found]
    if lines:
        say.show(status_table(lines))
    for line in advice(lines):
        say.text(line)
    for each in found:
        if any(each.pending) or each.is_shared:
            for line in each.pending.told(now):
                say.text(f"{each.name}: {line}")
        if each.is_shared:
            say.text(f"{each.name}: {each.place}")
    conclude(errors)


@app.command("upgrade")
def upgrade(as_json: AsJson = False) -> None:
    """Bring every database and journal to the revision that this version needs.

    A step is done whole or not at all; a file is copied before. There is no way back but the copy. One that cannot be
    brought forward keeps none of the others from it, and a database that somebody else made is refused.

    Examples:

      cryptoflow db upgrade
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.pipelines.databases.asking import asked
    from cryptoflow.pipelines.databases.revisions import bring_forward
    from cryptoflow.pipelines.databases.targets import targets

    found, errors = run(asked(targets(), bring_forward))
    if as_json:
        copies = [str(each.copy) if each.copy else None for each in found]
        upgraded = [{**each._asdict(), "copy": copy} for each, copy in zip(found, copies, strict=True)]
        answer({"upgraded": upgraded}, errors)
        return
    for each in found:
        if each.before == each.after:
            say.text(f"{each.name} is at {each.after}")
        else:
            kept = f", a copy from before is {each.copy}" if each.copy else ""
            say.text(f"{each.name} went from {each.before or 'nothing'} to {each.after}{kept}")
    conclude(errors)


@app.command("check")
def check(
    mend: Annotated[
        bool, typer.Option("--mend", help="Put back triggers, indexes and functions that are missing or changed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare the tables of every database, and what guards them, with those that this version makes.

    With --mend the guards are made again as they must be, and then everything is compared. No row is touched: what
    whoever took a guard away did to rows is found by `cryptoflow audit verify` and `cryptoflow db rebuild`.

    Examples:

      cryptoflow db check

      cryptoflow db check --mend
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.pipelines.databases.asking import asked
    from cryptoflow.pipelines.databases.checking import checked, mended
    from cryptoflow.pipelines.databases.targets import targets

    there = (target for target in targets() if target.exists())
    found, errors = run(asked(there, mended if mend else checked))
    errors += [each.error for each in found if each.error is not None]
    if as_json:
        differences = {each.name: each.differences for each in found}
        answer({"differences": differences, "put_back": {each.name: each.put_back for each in found}}, errors)
        return
    for each in found:
        if each.put_back:
            say.text(f"{each.name}: put back: {', '.join(each.put_back)}")
        say.text(f"{each.name}: {'; '.join(each.differences) or 'as it must be'}")
    conclude(errors)


@app.command("rebuild")
def rebuild(
    account: Annotated[
        str | None,
        typer.Option(metavar="ACCOUNT", help="Only this account's.", show_default=False, callback=account_named),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make orders, fills, positions, trades and curves again of the journal's events.

    The result is the same as what is there; where it is not, the tables that differed are named. Nobody can write to a
    journal meanwhile, so an account that a process holds is refused. An account that cannot be rebuilt keeps none of
    the others from it.

    Examples:

      cryptoflow db rebuild

      cryptoflow db rebuild --account main
    """
    from asyncio import run

    from cryptoflow.cli import say

    with stoppable(f"each account's rows are as they were, or made again as a whole; {AGAIN}", as_json=as_json):
        from cryptoflow.pipelines.databases.rebuilding import made_again

        found, errors = run(made_again(account))
    if as_json:
        answer({"rebuilt": [each.facts() for each in found]}, errors)
        return
    for each in found:
        changed = ", ".join(f"{d.table} ({d.rows_before:,} → {d.rows_after:,} rows)" for d in each.differences)
        what = f"changed: {changed}" if changed else "nothing changed"
        say.text(f"{each.account} in the {each.where}: {each.events:,} events, {what}")
    if not found and not errors:
        say.text("there is no journal to rebuild from")
    conclude(errors)


app.command("ship")(db_ship.ship)
app.command("leases")(db_lease.leases)
app.command("lease")(db_lease.lease)
