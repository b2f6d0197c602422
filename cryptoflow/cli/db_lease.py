"""`cryptoflow db leases` and `cryptoflow db lease`."""

from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson, account_named

Account = Annotated[
    str, typer.Argument(metavar="ACCOUNT", help="Whose lease.", show_default=False, callback=account_named)
]
Command = Annotated[
    list[str], typer.Argument(metavar="-- COMMAND...", help="What to run meanwhile.", show_default=False)
]
Wait = Annotated[
    float, typer.Option("--wait", metavar="SECONDS", min=0, help="How long to wait for one that another holds.")
]


def leases(as_json: AsJson = False) -> None:
    """List which accounts are held, by which process, and until when.

    Examples:

      cryptoflow db leases

      cryptoflow db leases --json
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.pipelines.databases.leases import held
    from cryptoflow.report.database_tables import leases_table

    found = run(held())
    if as_json:
        say.data({"leases": [{**grant._asdict(), "left": left / 1000} for grant, left in found]})
    elif found:
        say.show(leases_table((grant.account, grant.holder, grant.token, grant.expires_at) for grant, _ in found))
    else:
        say.text("nobody holds an account")


def lease(
    account: Account,
    command: Command,
    wait: Wait = 0,
    as_json: AsJson = False,  # noqa: ARG001  # read where errors become objects
) -> None:
    """Run COMMAND while holding an account, so that no process of CryptoFlow trades it meanwhile.

    Ends with the exit code of COMMAND, or with 7 when another process holds the account and does not let go of it
    within --wait. With --json an error is one object on standard output; what COMMAND prints is its own.

    Examples:

      cryptoflow db lease main -- cp -r .cryptoflow/journal /mnt/copy

      cryptoflow db lease main --wait 90 -- ./maintenance.sh
    """
    from cryptoflow.pipelines.databases.leases import holding
    from cryptoflow.pipelines.loops import run

    code = run(holding(account, command, wait))
    raise typer.Exit(code if code >= 0 else 128 - code)  # as a shell tells a signal
