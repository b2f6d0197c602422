"""`cryptoflow backup`: copies of everything, proved, and the way back."""

from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson, Quiet

app = typer.Typer(
    name="backup", help="Keep copies of the databases and journals, and restore them.", no_args_is_help=True
)

Name = Annotated[
    str | None, typer.Argument(metavar="BACKUP", help="Which one; the newest without a name.", show_default=False)
]


@app.command("create")
def create(quiet: Quiet = False, as_json: AsJson = False) -> None:
    """Back up the shared database and every journal while everything goes on.

    The backup is proved by restoring it into a scratch folder, and has a name only when it is good. Then those that
    are older than 30 days are removed; CRYPTOFLOW_BACKUP_DAYS keeps them longer, CRYPTOFLOW_BACKUPS keeps them
    elsewhere, best on another disk.

    Examples:

      cryptoflow backup create

      CRYPTOFLOW_BACKUPS=/mnt/other/backups cryptoflow backup create --quiet
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.pipelines.backups.creating import create
    from cryptoflow.pipelines.backups.room import size

    found = run(create(progress=say.progress("backed up", quiet=quiet)))
    if as_json:
        say.data(found.facts())
        return
    count = len(found.manifest.parts)
    held = f"{count} database{'s' * (count > 1)}, {found.manifest.events:,} events, {size(found.manifest.bytes)}"
    say.text(f"{found.backup.name}: {held}, restored once and found good")
    say.text(f"it lies in {found.backup.folder}")
    for name in found.removed:
        say.text(f"{name} was too old and is removed")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the backups, the newest first, with what a quick look says of them.

    Examples:

      cryptoflow backup list
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.backups.listing import listed
    from cryptoflow.pipelines.backups.room import size
    from cryptoflow.report.backup_tables import BackupLine, backup_table

    found = listed()
    if as_json:
        say.data({"backups": [each.facts() for each in found]})
    elif not found:
        say.text("there is no backup; `cryptoflow backup create` makes one")
    else:
        lines = [(each.backup.name, each.manifest, "; ".join(each.wrong)) for each in found]
        say.show(
            backup_table(
                BackupLine(name, len(told.parts), told.events, size(told.bytes), wrong)
                if told
                else BackupLine(name, 0, 0, "", wrong)
                for name, told, wrong in lines
            )
        )


@app.command("verify")
def verify(
    name: Name = None,
    every: Annotated[bool, typer.Option("--all", help="All that there are.")] = False,
    as_json: AsJson = False,
) -> None:
    """Prove a backup: compare every byte, restore it into a scratch folder, follow its journals, rebuild its rows.

    What is damaged is named, and the command ends with 6.

    Examples:

      cryptoflow backup verify

      cryptoflow backup verify --all --json
    """
    from cryptoflow.cli import say
    from cryptoflow.errors import CryptoflowError, ExitCode, Problem
    from cryptoflow.pipelines.backups.place import Damaged
    from cryptoflow.pipelines.backups.proving import Proof
    from cryptoflow.pipelines.backups.verifying import chosen
    from cryptoflow.pipelines.backups.verifying import verify as proof_of

    proofs: list[Proof] = []
    wrong: list[Problem] = []
    for backup in chosen(name, every):
        try:
            proofs.append(proof_of(backup))
        except Damaged as error:
            wrong += error.problems
    if as_json:
        say.data({"good": [each._asdict() for each in proofs], "damaged": [each.what for each in wrong]})
    else:
        for each in proofs:
            say.text(f"{each.backup}: {each.events:,} events in {each.databases} files, as they were written")
    if wrong and as_json:
        raise typer.Exit(int(ExitCode.PROOF_FAILED))
    if wrong:
        raise CryptoflowError(wrong, code=ExitCode.PROOF_FAILED)


@app.command("restore")
def restore(
    name: Name = None,
    only: Annotated[
        str | None,
        typer.Option(metavar="PART", help="Only `database`, or only `journal/ACCOUNT`.", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Set aside what is there; it is not deleted.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup in the place of what is there.

    Nothing that is there is touched without --force, and then it is set aside. A restore that was killed is finished
    by the next one. End every process that trades first: a file in use is not taken away from it.

    Examples:

      cryptoflow backup restore

      cryptoflow backup restore 2026-11-14T22-13-20.123Z --only journal/main --force
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.pipelines.backups.restoring import restore

    found = run(restore(name, only=only, force=force))
    if as_json:
        say.data(found.facts())
        return
    say.text(f"{found.backup.name} is restored: {', '.join(found.parts)}")
    for account, head in found.manifest.heads.items():
        say.text(f"{account}: {head.seq:,} events to {head.hash[:12]}")
    for place in found.aside:
        say.text(f"what was there before is now {place}")


@app.command("drill")
def drill(name: Name = None, as_json: AsJson = False) -> None:
    """Rehearse a recovery beside what is in use, and say how long it takes.

    The backup is restored into a scratch folder, and into a schema of its own where the shared database is on a
    server; all of it is proved, and taken away again.

    Examples:

      cryptoflow backup drill
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.pipelines.backups.drilling import drill
    from cryptoflow.pipelines.backups.room import size

    found = run(drill(name))
    if as_json:
        say.data(found.facts())
        return
    held = f"{found.events:,} events, {size(found.bytes)}"
    say.text(f"recovery takes {found.seconds:.1f} s: {found.backup.name}, {held}, {found.age / 3600:.1f} h old")
    served = f", into the server {found.served:.1f} s" if found.served >= 0.05 else ""
    say.text(f"files restored in {found.restored:.1f} s{served}, all of it proved in {found.proved:.1f} s")
