"""`cryptoflow backup`: copies of everything, proved, and the way back."""

from typing import TYPE_CHECKING, Annotated

import typer

from cryptoflow.cli import say
from cryptoflow.cli.options import AsJson, Quiet
from cryptoflow.cli.stopping import at_once, stoppable

if TYPE_CHECKING:
    from cryptoflow.errors import CryptoflowError

# Each command imports what it needs while it can be stopped already: that takes as long as a small backup.

app = typer.Typer(
    name="backup", help="Keep copies of the databases and journals, and restore them.", no_args_is_help=True
)

Name = Annotated[
    str | None, typer.Argument(metavar="BACKUP", help="Which one; the newest without a name.", show_default=False)
]


@app.command("create")
def create(quiet: Quiet = False, as_json: AsJson = False) -> None:
    """Back up the shared database and every journal while everything goes on.

    The backup is proved by restoring it into a scratch folder, and has a name only then. Those that are older than 30
    days are removed afterwards; CRYPTOFLOW_BACKUP_DAYS keeps them longer, CRYPTOFLOW_BACKUPS keeps them elsewhere,
    best on another disk.

    A database that is damaged itself keeps no other from being backed up: it is named, what can be read of it is kept
    as it is, nothing older is removed, and the command ends with 6. One that cannot be used now, as a server that is
    away, or that a newer version wrote, is named too, and ends with 4.

    Examples:

      cryptoflow backup create

      CRYPTOFLOW_BACKUPS=/mnt/other/backups cryptoflow backup create --quiet
    """
    with at_once(), stoppable(as_json=as_json) as standing:
        from asyncio import run

        from cryptoflow.pipelines.backups.creating import create
        from cryptoflow.pipelines.backups.room import size

        found = run(create(progress=say.progress("backed up", quiet=quiet), leaves=standing))
    trouble = found.trouble()
    if as_json:
        say.data(found.facts())
        _end_with(trouble)
        return
    good = found.manifest.proved
    count = len(good.parts)
    held = f"{count} database{'s' * (count != 1)}, {good.events:,} events, {size(good.bytes)}"
    say.text(f"{found.backup.name}: {held}, restored once and found good")
    say.text(f"it lies in {found.backup.folder}")
    for name in found.removed:
        say.text(f"{name} was too old and is removed")
    for remark in found.remarks():
        say.remark(remark)
    if trouble is not None:
        raise trouble


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the backups, the newest first, and what restores have set aside.

    The look is a quick one: whether every file is there and as long as it was. `cryptoflow backup verify` looks at
    every byte. What restores have set aside stays until you remove it; the command for that is printed with it.

    Examples:

      cryptoflow backup list
    """
    from cryptoflow.errors import CryptoflowError

    errors: list[CryptoflowError] = []
    with at_once(), stoppable(as_json=as_json):
        from asyncio import run

        from cryptoflow.pipelines.backups.asides import asides, rooms_aside
        from cryptoflow.pipelines.backups.listing import listed
        from cryptoflow.pipelines.backups.room import size
        from cryptoflow.report.backup_tables import BackupLine, backup_table

        found, aside = listed(), asides()
        try:
            aside += run(rooms_aside())
        except CryptoflowError as away:
            errors.append(away)
    if as_json:
        told = {"backups": [each.facts() for each in found], "set_aside": [each.facts() for each in aside]}
        say.data({**told, "errors": say.as_objects(errors)})
        return
    if not found:
        say.text("there is no backup; `cryptoflow backup create` makes one")
    else:
        lines = [(each.backup.name, each.manifest, each.look) for each in found]
        say.show(
            backup_table(
                BackupLine(name, len(told.names), told.events, size(told.bytes), look)
                if told
                else BackupLine(name, 0, 0, "", look)
                for name, told, look in lines
            )
        )
    for each in aside:
        say.text(f"set aside by a restore: {each.place}, {size(each.bytes)}; to remove it: {each.remove}")
    for error in errors:
        say.remark(f"what restores have set aside on the server is not known: {error.problems[0].what}")


@app.command("verify")
def verify(
    name: Name = None,
    every: Annotated[bool, typer.Option("--all", help="All that there are.")] = False,
    as_json: AsJson = False,
) -> None:
    """Prove a backup: compare every byte, restore it into a scratch folder, follow its journals, rebuild its rows.

    What is damaged is named, and the command ends with 6: bytes that are not as they were written, and a database that
    was damaged when it was taken. A database that could not be used then is named, too, and ends with 4.

    Examples:

      cryptoflow backup verify

      cryptoflow backup verify --all --json
    """
    from cryptoflow.errors import CryptoflowError

    errors: list[CryptoflowError] = []
    with at_once(), stoppable(as_json=as_json):
        from cryptoflow.pipelines.backups.place import Damaged
        from cryptoflow.pipelines.backups.proving import Proof
        from cryptoflow.pipelines.backups.verifying import chosen
        from cryptoflow.pipelines.backups.verifying import verify as proof_of

        proofs: list[Proof] = []
        for backup in chosen(name, every):
            try:
                proofs.append(proof_of(backup))
            except Damaged as error:
                errors.append(error)
        from cryptoflow.pipelines.databases.asking import together
    errors += [trouble for proof in proofs if (trouble := proof.trouble()) is not None]
    trouble = together(errors) if errors else None
    if as_json:
        good = [each.facts() for each in proofs if each.trouble() is None]
        say.data({"good": good, "damaged": [each.what for each in trouble.problems] if trouble else []})
    else:
        for each in proofs:
            say.text(f"{each.backup}: {each.events:,} events in {each.databases} files, as they were written")
    if trouble is not None and not as_json:
        raise trouble
    _end_with(trouble)


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

    A part that was damaged when it was taken is left out, and the command ends with 6 once the others are in use; with
    4 where it could not be used then. --only takes a part from the newest backup that holds it whole; with the name of
    a backup it takes the part as it is there, and ends with 6 where that is damaged.

    Examples:

      cryptoflow backup restore

      cryptoflow backup restore 2026-11-14T22-13-20.123Z --only journal/main --force
    """
    with at_once(), stoppable(as_json=as_json) as standing:
        from asyncio import run

        from cryptoflow.pipelines.backups.restoring import restore

        found = run(restore(name, only=only, force=force, leaves=standing))
    trouble = found.trouble()
    if as_json:
        say.data(found.facts())
        _end_with(trouble)
        return
    say.text(f"{found.backup.name} is restored: {', '.join(found.parts)}")
    for part in found.manifest.good.parts:
        for account, head in part.heads.items():
            say.text(f"{part.name}: {head.seq:,} events of {account} to {head.hash[:12]}")
    for place in found.aside:
        say.text(f"what was there before is now {place}")
    for remark in found.remarks():
        say.remark(remark)
    if trouble is not None:
        raise trouble


@app.command("drill")
def drill(name: Name = None, as_json: AsJson = False) -> None:
    """Rehearse a recovery beside what is in use, and say how long it takes.

    The backup is restored into a scratch folder, and into a schema of its own where the shared database is on a
    server; all of it is proved, and taken away again. What the backup holds damaged is named, and ends with 6; what it
    does not hold, as that could not be used when it was taken, ends with 4.

    Examples:

      cryptoflow backup drill
    """
    with at_once(), stoppable(as_json=as_json):
        from asyncio import run

        from cryptoflow.pipelines.backups.drilling import drill
        from cryptoflow.pipelines.backups.room import size

        found = run(drill(name))
    trouble = found.trouble()
    if as_json:
        say.data(found.facts())
        _end_with(trouble)
        return
    held = f"{found.events:,} events, {size(found.bytes)}"
    say.text(f"recovery takes {found.seconds:.1f} s: {found.backup.name}, {held}, {found.age / 3600:.1f} h old")
    served = f", into the server {found.served:.1f} s" if found.served >= 0.05 else ""
    say.text(f"files restored in {found.restored:.1f} s{served}, all of it proved in {found.proved:.1f} s")
    if trouble is not None:
        raise trouble


def _end_with(trouble: "CryptoflowError | None") -> None:
    """End with the code of what is wrong, which was told already."""
    if trouble is not None:
        raise typer.Exit(int(trouble.code))
