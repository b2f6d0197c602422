"""`cryptoflow db`: the databases of this machine."""

from typing import Annotated

import typer

from cryptoflow.cli import db_copy, db_lease, db_retire, db_ship
from cryptoflow.cli.options import AsJson

app = typer.Typer(name="db", help="Look after the databases and journals.", no_args_is_help=True)
app.command("copy")(db_copy.copy)
app.command("retire")(db_retire.retire)


@app.command("status")
def status(as_json: AsJson = False) -> None:
    """Say of every database which revision it has and how much is in it.

    Examples:

      cryptoflow db status

      CRYPTOFLOW_DATABASE_URL=postgresql://desk@localhost/trading cryptoflow db status --json
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.pipelines.databases.asking import asked, together
    from cryptoflow.pipelines.databases.revisions import status
    from cryptoflow.pipelines.databases.targets import targets
    from cryptoflow.report.database_tables import DatabaseLine, status_table

    found, errors = run(asked(targets(), status))
    if as_json:
        databases = [{**each._asdict(), "ready": each.ready} for each in found]
        say.data({"databases": databases, "errors": say.as_objects(errors)})
        if errors:
            raise typer.Exit(int(together(errors).code))
        return
    lines = [DatabaseLine(each.name, each.found, each.needed, each.events, each.place) for each in found]
    if lines:
        say.show(status_table(lines))
    if errors:
        raise together(errors)


@app.command("upgrade")
def upgrade(as_json: AsJson = False) -> None:
    """Bring every database and journal to the revision that this version needs.

    A step is done whole or not at all; a file is copied before. There is no way back but the copy.

    Examples:

      cryptoflow db upgrade
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.pipelines.databases.revisions import Upgraded, bring_forward
    from cryptoflow.pipelines.databases.targets import targets

    async def every() -> list[Upgraded]:
        return [await bring_forward(target) for target in targets()]

    found = run(every())
    if as_json:
        copies = [str(each.copy) if each.copy else None for each in found]
        say.data({"upgraded": [{**each._asdict(), "copy": copy} for each, copy in zip(found, copies, strict=True)]})
        return
    for each in found:
        if each.before == each.after:
            say.text(f"{each.name} is at {each.after}")
        else:
            kept = f", a copy from before is {each.copy}" if each.copy else ""
            say.text(f"{each.name} went from {each.before or 'nothing'} to {each.after}{kept}")


@app.command("check")
def check(as_json: AsJson = False) -> None:
    """Compare the tables of every database with those that this version makes.

    Examples:

      cryptoflow db check
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.errors import CryptoflowError, ExitCode
    from cryptoflow.pipelines.databases.asking import asked, together
    from cryptoflow.pipelines.databases.revisions import odd
    from cryptoflow.pipelines.databases.targets import Target, targets

    async def compared(target: Target) -> tuple[str, list[str]]:
        return target.name, list(map(str, await odd(target)))

    answers, errors = run(asked((target for target in targets() if target.exists()), compared))
    found = dict(answers)
    wrong = list(errors)
    if any(found.values()):
        fix = "`cryptoflow db upgrade` brings an older one forward; what was changed by hand is undone by hand"
        wrong.append(CryptoflowError("a database is not as it must be", fix=fix, code=ExitCode.INVALID))
    if as_json:
        say.data({"differences": found, "errors": say.as_objects(errors)})
        if wrong:
            raise typer.Exit(int(together(wrong).code))
        return
    for name, differences in found.items():
        say.text(f"{name}: {'as it must be' if not differences else '; '.join(differences)}")
    if wrong:
        raise together(wrong)


@app.command("rebuild")
def rebuild(
    account: Annotated[
        str | None, typer.Option(metavar="ACCOUNT", help="Only this account's.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make orders, fills, positions, trades and curves again of the journal's events.

    The result is the same as what is there; where it is not, the tables that differed are named. Nobody can write to a
    journal meanwhile, so an account that a process holds is refused.

    Examples:

      cryptoflow db rebuild

      cryptoflow db rebuild --account main
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.pipelines.databases.rebuilding import made_again

    found = run(made_again(account))
    if as_json:
        say.data({"rebuilt": [each.facts() for each in found]})
        return
    for each in found:
        changed = ", ".join(f"{d.table} ({d.rows_before:,} → {d.rows_after:,} rows)" for d in each.differences)
        where = "" if each.database == f"journal of {each.account}" else f" in the {each.database}"
        said = f"changed: {changed}" if changed else "nothing changed"
        say.text(f"{each.account}{where}: {each.events:,} events, {said}")
    if not found:
        say.text("there is no journal to rebuild from")


app.command("ship")(db_ship.ship)
app.command("leases")(db_lease.leases)
app.command("lease")(db_lease.lease)
