"""`cryptoflow kill`."""

from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson, OfAccount, Patience

Reason = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why, for whoever releases it.", show_default=False)
]


def kill(reason: Reason, account: OfAccount = "main", wait: Patience = 5, as_json: AsJson = False) -> None:
    """Trip an account's kill switch: nothing is entered any more, and the process that trades leaves all positions.

    While a process trades the account it is asked to, and answers; otherwise the trip is written into the account's
    journal at once, and whatever starts next carries the plan out before anything else. Twice is as good as once.

    Where the database of leases cannot be used it is written all the same, and said that nobody was asked.

    Examples:

      cryptoflow kill --reason "fills that nobody ordered"

      cryptoflow kill --reason "moving house" --account paper-main --json
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.clock import MachineClock
    from cryptoflow.errors import CryptoflowError, ExitCode
    from cryptoflow.pipelines.halting.operating import kill, login

    if not reason.strip():
        raise CryptoflowError("a kill has a reason", fix='--reason "what you saw"', code=ExitCode.USAGE)
    done = run(kill(account, reason.strip(), login(), MachineClock(), wait))
    if as_json:
        say.data(done._asdict())
    else:
        say.text(f"{done.account}: {done.answer}")
    if done.without_lease is not None:
        say.remark(
            f"written into the journal of {done.account} on this machine without its lease, for {done.without_lease}; "
            "nobody was asked whether a process trades the account: look, and end one that does"
        )
