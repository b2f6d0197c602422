"""`cryptoflow audit`."""

from typing import Annotated

import typer

from cryptoflow.cli.db_talk import answer, conclude
from cryptoflow.cli.options import AsJson, account_named

app = typer.Typer(name="audit", help="Prove that journals are as they were written.", no_args_is_help=True)


@app.command("verify")
def verify(
    account: Annotated[
        str | None,
        typer.Argument(
            metavar="ACCOUNT", help="Only this account's journal.", show_default=False, callback=account_named
        ),
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
    from cryptoflow.pipelines.journals.auditing import audits

    found, errors = run(audits(account))
    broken = [Problem(each.sentence, fix=each.fix) for each in found if each.found.broken]
    wrong = [CryptoflowError(broken, code=ExitCode.PROOF_FAILED), *errors] if broken else errors
    if as_json:
        answer({"journals": [each.facts() for each in found]}, wrong)
        return
    for each in found:
        if each.found.broken is None:
            say.text(each.sentence)
    if not found and not errors:
        say.text("there is no journal")
    conclude(wrong)
