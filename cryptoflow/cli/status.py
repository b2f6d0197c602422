"""`cryptoflow status`."""

from cryptoflow.cli.options import AsJson, OfAccount


def status(account: OfAccount = "main", as_json: AsJson = False) -> None:
    """Say how an account stands: its kill switch, what tripped it and what releases it, and who holds the account.

    Examples:

      cryptoflow status

      cryptoflow status --account paper-main --json
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.clock import MachineClock
    from cryptoflow.pipelines.halting.standing import standing

    found = run(standing(account, MachineClock()))
    if as_json:
        say.data(found.facts())
        return
    for line in found.lines():
        say.text(line)
