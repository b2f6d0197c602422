"""`cryptoflow resume`."""

from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson, OfAccount, Patience

Operator = Annotated[str, typer.Option("--operator", metavar="NAME", help="Who answers for it.", show_default=False)]
Phrase = Annotated[
    str, typer.Option("--phrase", metavar="TEXT", help="What `cryptoflow status` asks to be typed.", show_default=False)
]
RootCause = Annotated[
    str, typer.Option("--cause", metavar="TEXT", help="What was wrong, and what was mended.", show_default=False)
]


def resume(
    operator: Operator,
    phrase: Phrase = "",
    cause: RootCause = "",
    account: OfAccount = "main",
    wait: Patience = 5,
    as_json: AsJson = False,
) -> None:
    """Release an account's kill switch once its recovery plan has finished.

    Where no process trades the account and its journal has nothing open, the plan has nothing to do and is ended here.
    A process that trades the account is asked to; where it does not answer in time the release is taken back.
    Size comes back by itself: entries have 25 % of their size on the first day, then 50, 75 and 100 %.

    Examples:

      cryptoflow resume --operator "A. Name" --cause "fee table was a tier off; mended" --phrase "resume main after ..."

      cryptoflow resume --account paper-main --operator ada --cause "feed was cut; other feed" --phrase "resume ..."
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.clock import MachineClock
    from cryptoflow.pipelines.halting.operating import resume

    done = run(resume(account, operator, phrase, cause, MachineClock(), wait))
    if as_json:
        say.data(done._asdict())
    else:
        say.text(f"{done.account}: {done.answer}")
