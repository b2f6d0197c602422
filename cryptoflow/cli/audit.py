"""`cryptoflow audit`."""

from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson

app = typer.Typer(name="audit", help="Prove that journals are as they were written.", no_args_is_help=True)


@app.command("verify")
def verify(
    account: Annotated[
        str | None, typer.Argument(metavar="ACCOUNT", help="Only this account's journal.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Follow journals from their first event to the last, and name the first that is not as it was written.

    Examples:

      cryptoflow audit verify

      cryptoflow audit verify main --json
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.errors import CryptoflowError, ExitCode, Problem
    from cryptoflow.pipelines.databases.asking import together
    from cryptoflow.pipelines.journals.auditing import audits

    found, errors = run(audits(account))
    broken = [Problem(str(each.found.broken)) for each in found if each.found.broken]
    wrong = [CryptoflowError(broken, code=ExitCode.PROOF_FAILED), *errors] if broken else errors
    if as_json:
        say.data({"journals": [each.facts() for each in found], "errors": say.as_objects(errors)})
        if wrong:
            raise typer.Exit(int(together(wrong).code))
        return
    for place, each in found:
        if each.broken is None:
            where = "" if place == f"journal of {each.account}" else f" in the {place}"
            end = f"each as it was written, to {each.head.hash[:12]}"
            kept = f"events {each.retired + 1:,} to {each.head.seq:,}" if each.retired else f"{each.head.seq:,} events"
            say.text(f"{each.account}{where}: {kept}, {end}")
    if not found and not errors:
        say.text("there is no journal")
    if wrong:
        raise together(wrong)
