"""`cryptoflow status`."""

from cryptoflow.cli.options import AsJson, OfAccount


def status(account: OfAccount = "main", as_json: AsJson = False) -> None:
    """Say how an account stands: kill switch, tier, tilt, risk score, last decision, and who holds it.

    Of the kill switch: what tripped it, and the phrase that releases it. Of the tier: phases of protection, and until
    when no promotion is possible. Of tilt: level, score, the end of a lock-out, and the size that entries keep.

    Examples:

      cryptoflow status

      cryptoflow status --account paper-main --json
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.clock import MachineClock
    from cryptoflow.pipelines.status import status

    found = run(status(account, MachineClock()))
    if as_json:
        say.data(found.facts())
        return
    for line in found.lines():
        say.text(line)
